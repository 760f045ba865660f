export { countCalls, countedGroups } from './call-counter';
export * from './columns';
export { setFirsts, setLists, setTransfers } from './derive';
export { putConstantPage, putIndexPage } from './index-pages';
export * from './lane';
export { pageAddress, pageEncoding, pageLength, pageNulls, pageValues } from './page';
export { stage } from './staging';
