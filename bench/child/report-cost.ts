/** What a run took, as its process prints it on its last line. */
export interface Cost {
  cpuSeconds: number;
  wallSeconds: number;
  peakBytes: number;
  outputBytes: number;
}

/** Prints what this process took so far, start of Node included. */
export function reportCost(outputBytes: number): void {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cost: Cost = {
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    wallSeconds: process.uptime(),
    peakBytes: maxRSS * 1024,
    outputBytes,
  };
  console.log(JSON.stringify(cost));
}
