import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { type HttpApi, HttpMethod, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { PageOptions, StackOptions } from './options.ts';
import { ServiceFunction } from './service-function.ts';
import type { Uploads } from './uploads.ts';

const PATHS = ['/', '/assets/{file}', '/favicon.svg', '/page.json'];

/** What the page is served beside. */
export interface PageProps {
  options: StackOptions;
  page: PageOptions;
  api: HttpApi;
  uploads: Uploads;
}

/**
 * The page, served by the API itself: one origin, so that no answer needs CORS. Its files are open, for
 * they are the same everywhere and hold nothing; whatever they ask the API needs a token.
 */
export class Page extends Construct {
  readonly fn: ServiceFunction;

  constructor(scope: Construct, id: string, props: PageProps) {
    super(scope, id);
    this.fn = new ServiceFunction(this, 'Function', {
      service: 'page',
      description: 'Hands out the files of the page; may do nothing else',
      memoryMb: 256,
      timeout: Duration.seconds(10),
      serviceLogDays: props.options.serviceLogDays,
      hasPage: true,
    });
    this.#configure(props);
    this.#addRoutes(props.api);
    props.uploads.allowOrigin(props.api.apiEndpoint);
  }

  #configure({ options: { auth }, page, uploads }: PageProps): void {
    if (auth.mode !== 'jwt') throw new Error(`page without an issuer: ${auth.mode}`);
    const stack = Stack.of(this);
    const signIn = { issuer: auth.issuer, client_id: page.clientId, audience: auth.audience[0] };
    const config = { uploads_bucket: uploads.bucket.bucketName, sql: false, sign_in: signIn };
    const connects = [`https://${uploads.bucket.bucketRegionalDomainName}`, ...page.origins];
    this.fn.addEnvironment('PAGE_CONFIG', stack.toJsonString(config));
    this.fn.addEnvironment('PAGE_CONNECTS', stack.toJsonString(connects));
  }

  #addRoutes(api: HttpApi): void {
    const integration = new HttpLambdaIntegration('PageIntegration', this.fn);
    for (const path of PATHS) {
      const routes = api.addRoutes({
        path,
        methods: [HttpMethod.GET, HttpMethod.HEAD],
        integration,
        authorizer: new HttpNoneAuthorizer(),
      });
      for (const route of routes)
        Validations.of(route).acknowledge({
          id: 'AwsSolutions-APIG4',
          reason: 'The files of the page are open by design: its function has no rights.',
        });
    }
  }
}
