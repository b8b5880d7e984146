export default function Page() {
  return <main>Compression</main>
}

interface CompressionAlgorithm {
  name: string
  description: string
  category: 'traditional' | 'advanced' | 'experimental'
  bestFor: string[]
  compressionLevels: (number | string)[]
  parameters: Record<string, any>
  characteristics: {
    speed: string
    compression: string
    memoryUsage: string
    compatibility: string
  }
}

interface SyntheticDataConfig {
  patterns: string[]
  complexity: number
  volume: number
  contentType: string
  extensions: string[]
  mixedContent: boolean
  entropy: number
  redundancy: number
  structure: string
  language: string
  encoding: string
  metadata: Record<string, any>
  customPatterns: string[]
  compressionChallenges: boolean
  learningOptimization: boolean
  diversityControl: boolean
}

interface SystemMetrics {
  cpu: number
  memory: number
  disk: number
  network: number
  compressionEfficiency: number
  algorithmPerformance: Record<string, number>
  userSatisfaction: number
  systemHealth: 'healthy' | 'warning' | 'error'
  throughput: number
  successRate: number
  averageCompressionRatio: number
  activeConnections: number
  queueLength: number
  errorRate: number
  responseTime: number
}
