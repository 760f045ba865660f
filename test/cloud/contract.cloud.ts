import { describeContract } from '../contract/contract.ts';
import { startEmulatedService } from './emulator-target.ts';

describeContract('the stack on an emulator of AWS, IAM enforced', () => startEmulatedService());
