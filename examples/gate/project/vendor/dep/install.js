// The install script of a dependency: writes a settings file.
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const settings = JSON.parse(readFileSync(join(__dirname, 'settings.json'), 'utf8'));
mkdirSync('build', { recursive: true });
writeFileSync('build/settings.json', JSON.stringify(settings));
