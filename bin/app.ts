import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadReports, loadTrends, loadViews } from '../lib/reports/catalogue.ts';
import { checkOptionNames } from '../lib/stack/option-names.ts';
import { readOptions } from '../lib/stack/options.ts';
import { StracelakeStack } from '../lib/stack/stracelake-stack.ts';

const app = new App();
checkOptionNames(Object.keys(app.node.getAllContext()));
const options = readOptions((name) => app.node.tryGetContext(name));
new StracelakeStack(app, options, {
  reports: [...loadReports(), ...loadTrends()],
  views: loadViews(),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
