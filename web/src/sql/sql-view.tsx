import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Row } from '../api/catalogue.ts';
import { toProblem } from '../api/query.ts';
import { askJson, ProblemError } from '../api/service.ts';
import type { SqlRows } from '../api/types.generated.ts';
import { printDuration, printNumber } from '../format.ts';
import { hrefWith, navigate, route } from '../route.ts';
import { CopyButton } from '../shell/copy-button.tsx';
import { Problem, Waiting } from '../shell/problem.tsx';
import { ReportTable } from '../table/report-table.tsx';
import { csvText, saveFile, tabText } from '../table/take-along.ts';
import { fixedRows } from './fixed-rows.ts';
import { Highlighted } from './highlight.tsx';
import { readHistory, rememberQuery } from './history.ts';
import { recipes } from './recipes.ts';
import { ResultPlot } from './result-plot.tsx';
import { TableBrowser } from './table-browser.tsx';

const MOST_ROWS = 10_000;

/** One SELECT over a session, or over all of them; the query stands in the address. */
export function SqlView({ session }: { session: string | undefined }) {
  const asked = route.value.query.get('sql');
  const text = useSignal(asked ?? recipes[0]!.sql);
  const result = useSignal<SqlRows | undefined>(undefined);
  const problem = useSignal<ProblemError | undefined>(undefined);
  const took = useSignal<number | undefined>(undefined);
  const isRunning = useSignal(false);
  useEffect(() => {
    if (asked === null) return;
    text.value = asked;
    const abort = new AbortController();
    const run = async () => {
      isRunning.value = true;
      problem.value = undefined;
      const start = performance.now();
      try {
        result.value = await askJson<SqlRows>(`/sql?limit=${MOST_ROWS}`, {
          method: 'POST',
          body: { sql: asked, session },
          signal: abort.signal,
        });
        took.value = performance.now() - start;
        rememberQuery(asked);
      } catch (error) {
        if (abort.signal.aborted) return;
        result.value = undefined;
        problem.value = toProblem(error);
      }
      isRunning.value = false;
    };
    void run();
    return () => abort.abort();
  }, [asked, session]);
  const ask = () => {
    if (text.value.trim() === '') problem.value = new ProblemError(0, 'There is no query', '');
    else navigate(hrefWith({ sql: text.value }));
  };
  return (
    <div class="page page-wide sql">
      <h1>SQL {session === undefined && <span class="muted">over all sessions</span>}</h1>
      <div class="sql-frame">
        <div>
          <Editor text={text.value} onInput={(value) => (text.value = value)} onAsk={ask} />
          <div class="bar">
            <button type="button" class="strong" onClick={ask}>
              Run <kbd>Ctrl Enter</kbd>
            </button>
            <Choice
              title="Recipes"
              options={recipes.map(({ title, sql }) => [title, sql])}
              onPick={(sql) => (text.value = sql)}
            />
            <Choice
              title="History"
              options={readHistory().map((sql) => [sql.replaceAll(/\s+/g, ' ').slice(0, 90), sql])}
              onPick={(sql) => (text.value = sql)}
            />
            <CopyButton text={() => location.href} of="this query" label="Copy link" />
          </div>
        </div>
        <TableBrowser onPick={(name) => (text.value = `${text.value.trimEnd()} ${name}`)} />
      </div>
      {isRunning.value && <Waiting detail="The query runs…" />}
      {problem.value && <Problem problem={problem.value} />}
      {result.value && !isRunning.value && <Result result={result.value} took={took.value ?? 0} />}
    </div>
  );
}

function Editor(props: { text: string; onInput(text: string): void; onAsk(): void }) {
  return (
    <div class="editor">
      <pre aria-hidden="true">
        <Highlighted sql={props.text} />
      </pre>
      <textarea
        aria-label="SQL query"
        spellcheck={false}
        autocapitalize="off"
        value={props.text}
        onInput={({ currentTarget }) => props.onInput(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          props.onAsk();
        }}
      />
    </div>
  );
}

function Choice(props: { title: string; options: [string, string][]; onPick(sql: string): void }) {
  return (
    <select
      aria-label={props.title}
      value=""
      disabled={props.options.length === 0}
      onChange={({ currentTarget }) => {
        const option = props.options[Number(currentTarget.value)];
        if (option) props.onPick(option[1]);
        currentTarget.value = '';
      }}
    >
      <option value="">{props.title}</option>
      {props.options.map(([title], i) => (
        <option key={title} value={i}>
          {title}
        </option>
      ))}
    </select>
  );
}

function Result({ result, took }: { result: SqlRows; took: number }) {
  const rows = result.rows as Row[];
  const isPlot = route.value.query.get('view') === 'plot';
  const report = useMemo(
    () => ({
      title: 'Result of the query',
      columns: result.columns.map(({ name, type }) => ({ name, type, description: type })),
    }),
    [result],
  );
  const source = useMemo(() => fixedRows(rows), [result]);
  return (
    <>
      <div class="bar bar-foot">
        <output class="count">
          {printNumber(rows.length)} rows{result.is_cut && ' (there are more)'} in{' '}
          {printDuration(took * 1e6)}
        </output>
        <span class="choice">
          <a href={hrefWith({ view: null })} aria-current={isPlot ? undefined : 'true'}>
            Table
          </a>
          <a href={hrefWith({ view: 'plot' })} aria-current={isPlot ? 'true' : undefined}>
            Plot
          </a>
        </span>
        <span class="exports">
          <CopyButton
            text={() => tabText(result.columns, rows)}
            of="with tabs between the columns"
            label="Copy rows"
          />
          <button
            type="button"
            onClick={() => saveFile([csvText(result.columns, rows)], 'query.csv')}
          >
            CSV
          </button>
        </span>
      </div>
      {isPlot ? (
        <ResultPlot columns={result.columns} rows={rows} />
      ) : (
        <ReportTable report={report} source={source} isFixed />
      )}
    </>
  );
}
