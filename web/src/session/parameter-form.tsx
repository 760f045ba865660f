import type { Report } from '../api/catalogue.ts';
import { hrefWith, navigate, route } from '../route.ts';

type Parameter = Report['parameters'][number];

/** The parameters of a report as a form; what is given stands in the address. */
export function ParameterForm({ report }: { report: Report }) {
  const { query } = route.value;
  if (report.parameters.length === 0) return null;
  const given = report.parameters.filter(({ name }) => query.has(`p.${name}`));
  const isNeeded = report.parameters.some(({ name, required }) => required && !hasValue(name));
  return (
    <details class="parameters" open={isNeeded || undefined}>
      <summary>
        Parameters{' '}
        {given.map(({ name }) => (
          <span key={name} class="tag">
            {name}={query.get(`p.${name}`)}
          </span>
        ))}
      </summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit(report, new FormData(event.currentTarget));
        }}
      >
        {report.parameters.map((parameter) => (
          <Field key={parameter.name} parameter={parameter} />
        ))}
        <div class="form-actions">
          <button type="submit">Ask</button>
          <button type="button" class="quiet" onClick={() => reset(report)}>
            Reset
          </button>
        </div>
      </form>
    </details>
  );
}

/** Whether a required parameter has a value in the present address. */
export function hasValue(name: string): boolean {
  const { query } = route.value;
  if (query.has(`p.${name}`)) return true;
  return name === 'base'
    ? query.has('base')
    : query.getAll('f').some((f) => f.startsWith(`${name}.is=`));
}

function Field({ parameter: { name, type, required, description } }: { parameter: Parameter }) {
  const id = `parameter-${name}`;
  return (
    <div class="field">
      <label for={id}>
        {name}
        {required && ' (required)'}
      </label>
      <input
        id={id}
        name={name}
        required={required}
        aria-describedby={`${id}-text`}
        inputMode={type === 'integer' ? 'numeric' : undefined}
        value={textOf(name)}
      />
      <small id={`${id}-text`}>{description}</small>
    </div>
  );
}

function textOf(name: string): string {
  const { query } = route.value;
  const shared = name === 'from' || name === 'to' || name === 'base' ? query.get(name) : null;
  return query.get(`p.${name}`) ?? shared ?? '';
}

function submit(report: Report, form: FormData): void {
  const change: Record<string, string | null> = {};
  for (const { name } of report.parameters) {
    const value = String(form.get(name) ?? '').trim();
    change[`p.${name}`] = value === '' ? null : value;
    if (name === 'from' || name === 'to' || name === 'base') {
      change[name] = change[`p.${name}`]!;
      change[`p.${name}`] = null;
    }
  }
  navigate(hrefWith(change));
}

function reset(report: Report): void {
  navigate(hrefWith(Object.fromEntries(report.parameters.map(({ name }) => [`p.${name}`, null]))));
}
