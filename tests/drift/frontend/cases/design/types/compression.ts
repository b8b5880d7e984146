// frontend/src/types/compression.ts

/**
 * Compression algorithm metadata.
 * 
 * IMPORTANT: This interface MUST match CompressionAlgorithmResponse 
 * from backend API exactly.
 */
export interface CompressionAlgorithm {
  id: string;
  name: string;
  category: 'traditional' | 'advanced' | 'experimental';
  description: string;
  bestFor: string[];
  compressionLevels: number[];
  parameters: Record<string, any>;
  characteristics: {
    speed: 'very_fast' | 'fast' | 'medium' | 'slow' | 'very_slow';
    compression: 'excellent' | 'very_good' | 'good' | 'fair' | 'poor';
    memoryUsage: 'very_low' | 'low' | 'medium' | 'high' | 'very_high';
    compatibility: 'universal' | 'wide' | 'moderate' | 'limited';
  };
  isAvailable: boolean;
  isEnabled: boolean;
  requiresInstallation: boolean;
  version: string | null;
  documentationUrl: string | null;
  createdAt: string;  // ISO 8601
  updatedAt: string;  // ISO 8601
}

/**
 * Fetch all algorithms from API.
 */
export async function fetchAlgorithms(
  category?: 'traditional' | 'advanced' | 'experimental',
  enabledOnly: boolean = true
): Promise<CompressionAlgorithm[]> {
  const params = new URLSearchParams();
  if (category) params.append('category', category);
  params.append('enabled_only', String(enabledOnly));
  
  const response = await fetch(`/api/v1/algorithms/?${params}`);
  
  if (!response.ok) {
    throw new Error(`Failed to fetch algorithms: ${response.statusText}`);
  }
  
  return response.json();
}
