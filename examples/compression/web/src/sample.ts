/** What the server is asked to make when somebody has no content at hand. */

import type { SyntheticDataConfigInput } from "../../../../generated/compression/types/index.js";

export const SAMPLE: SyntheticDataConfigInput = {
  patterns: ["request", "answer", "cache", "status"],
  complexity: 0.4,
  volume: 6000,
  contentType: "log",
  extensions: [".log"],
  mixedContent: false,
  entropy: 0.2,
  redundancy: 0.5,
  structure: "flat",
  language: "en",
  encoding: "utf-8",
  metadata: {},
  customPatterns: [],
  compressionChallenges: false,
  learningOptimization: false,
  diversityControl: true,
};
