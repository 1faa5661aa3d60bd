/** The fields of a form in a view, and what was filled in. */
import { make } from './elements';
import { list, text, type Fields } from './view';

let drawn = 0;

/** A field with its label and its help. */
export function drawInput(input: Fields): HTMLElement {
  const type = text(input.Type);
  if (type === 'RadioGroup' || (type === 'Checkbox' && list(input.Options).length > 0)) return drawChoices(input);
  const box = make('div', 'view-field', '');
  const field = drawField(input);
  field.id = `view-field-${++drawn}`;
  field.name = text(input.Name);
  field.required = input.Required === true;
  const label = document.createElement('label');
  label.htmlFor = field.id;
  label.textContent = labelOf(input);
  const isTick = type === 'Checkbox';
  box.append(...(isTick ? [field, label] : [label, field]), ...help(input, field));
  if (isTick) box.classList.add('view-tick');
  return box;
}

/** What stands in the field: a text; of several boxes those that are ticked. */
export function valueOf(form: HTMLFormElement, input: Fields): string | string[] {
  const name = text(input.Name);
  const filled = new FormData(form);
  if (text(input.Type) !== 'Checkbox') return read(filled, name);
  return list(input.Options).length > 0 ? filled.getAll(name).filter((each) => typeof each === 'string') : String(filled.has(name));
}

export function read(filled: FormData, name: string): string {
  const value = filled.get(name);
  return typeof value === 'string' ? value : '';
}

const KINDS: Record<string, string> = { DatePicker: 'date', TimePicker: 'time', Checkbox: 'checkbox' };
const SAFE_KINDS = new Set(['text', 'number', 'email', 'password', 'tel', 'url', 'date', 'time']);

function drawField(input: Fields): HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement {
  const type = text(input.Type);
  if (type === 'Dropdown') return drawSelect(input);
  if (type === 'TextArea') {
    const area = document.createElement('textarea');
    area.rows = 3;
    area.value = text(input.DefaultValue);
    return area;
  }
  const field = document.createElement('input');
  const wanted = text(input.InputType).toLowerCase();
  field.type = KINDS[type] ?? (SAFE_KINDS.has(wanted) ? wanted : 'text');
  if (field.type === 'number') field.step = 'any';
  if (field.type === 'checkbox') field.checked = text(input.DefaultValue) === 'true';
  else field.value = text(input.DefaultValue);
  if (text(input.Autocomplete)) field.setAttribute('autocomplete', text(input.Autocomplete));
  return field;
}

function drawSelect(input: Fields): HTMLSelectElement {
  const select = document.createElement('select');
  const options = [{ Label: 'Choose', Value: '' }, ...list(input.Options)];
  for (const option of options) {
    const entry = document.createElement('option');
    entry.value = text(option.Value);
    entry.textContent = text(option.Label) || entry.value;
    select.append(entry);
  }
  select.value = text(input.DefaultValue);
  return select;
}

function drawChoices(input: Fields): HTMLElement {
  const box = document.createElement('fieldset');
  box.className = 'view-choices';
  box.append(make('legend', '', labelOf(input)));
  const isRadio = text(input.Type) === 'RadioGroup';
  const chosen = Array.isArray(input.DefaultValue) ? input.DefaultValue.map(text) : [text(input.DefaultValue)];
  for (const option of list(input.Options)) {
    const label = document.createElement('label');
    const field = document.createElement('input');
    field.type = isRadio ? 'radio' : 'checkbox';
    field.name = text(input.Name);
    field.value = text(option.Value) || text(option.Label);
    field.required = isRadio && input.Required === true;
    field.checked = chosen.includes(field.value);
    label.append(field, ` ${text(option.Label) || field.value}`);
    box.append(label);
  }
  box.append(...help(input, box));
  return box;
}

function labelOf(input: Fields): string {
  const label = text(input.Label) || text(input.Name);
  return input.Required === true ? label : `${label} (optional)`;
}

function help(input: Fields, field: HTMLElement): HTMLElement[] {
  const words = text(input.HelperText);
  if (!words) return [];
  const note = make('span', 'view-soft', words);
  note.id = `view-help-${++drawn}`;
  field.setAttribute('aria-describedby', note.id);
  return [note];
}
