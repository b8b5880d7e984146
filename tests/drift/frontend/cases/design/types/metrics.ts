// frontend/src/types/metrics.ts

/**
 * System metrics for dashboard.
 * 
 * IMPORTANT: MUST match SystemMetricsResponse from backend exactly.
 */
export interface SystemMetrics {
  cpu: number;
  memory: number;
  disk: number;
  network: number;
  compressionEfficiency: number;
  algorithmPerformance: Record<string, number>;
  userSatisfaction: number;  // Calculated client-side
  systemHealth: 'healthy' | 'warning' | 'error';
  throughput: number;
  successRate: number;
  averageCompressionRatio: number;
  activeConnections: number;
  queueLength: number;
  errorRate: number;
  responseTime: number;
  recordedAt?: string;
}

/**
 * Fetch current system metrics.
 */
export async function fetchSystemMetrics(): Promise<SystemMetrics> {
  const response = await fetch('/api/v1/health/detailed');
  
  if (!response.ok) {
    throw new Error(`Failed to fetch metrics: ${response.statusText}`);
  }
  
  const data = await response.json();
  
  // Add calculated fields
  return {
    ...data,
    userSatisfaction: calculateUserSatisfaction(data)
  };
}

/**
 * Calculate user satisfaction score from metrics.
 */
function calculateUserSatisfaction(metrics: Partial<SystemMetrics>): number {
  const { successRate = 0, responseTime = 0, compressionEfficiency = 0 } = metrics;
  
  // Weighted average:
  // - 40% success rate
  // - 30% response time (inverted)
  // - 30% compression efficiency
  const responseScore = Math.max(0, 100 - (responseTime / 10));  // 10ms = 1 point penalty
  
  return (
    (successRate * 0.4) +
    (responseScore * 0.3) +
    (compressionEfficiency * 0.3)
  );
}
