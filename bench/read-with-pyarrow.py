"""read-with-pyarrow.py FILE...: reads Parquet files of the lake with pyarrow, whole and by statistics

Needs `pip install pyarrow`. Ends with an error when pyarrow and the footer disagree.
"""
import sys

import pyarrow.compute as pc
import pyarrow.parquet as pq

for name in sys.argv[1:]:
    file = pq.ParquetFile(name)
    table = file.read()
    table.validate(full=True)
    assert table.num_rows == file.metadata.num_rows, name
    for group in range(file.metadata.num_row_groups):
        metadata = file.metadata.row_group(group)
        rows = file.read_row_group(group)
        for index in range(metadata.num_columns):
            column = metadata.column(index)
            statistics = column.statistics
            values = rows.column(column.path_in_schema.split(".")[0]).combine_chunks()
            if "." in column.path_in_schema:
                values = values.flatten()
            elif statistics is not None:
                assert statistics.null_count == values.null_count, (name, column.path_in_schema)
            if statistics is None or not statistics.has_min_max or len(values) == 0:
                continue
            least, most = pc.min_max(values).as_py().values()
            assert statistics.min <= least and most <= statistics.max, (name, column.path_in_schema)
    seq = table.column("seq").to_pylist()
    middle = seq[len(seq) // 2]
    found = pq.read_table(name, filters=[("seq", "=", middle)])
    assert found.num_rows == 1, name
    print(f"{name}: {table.num_rows} rows, {file.metadata.num_row_groups} groups, {table.num_columns} columns")
