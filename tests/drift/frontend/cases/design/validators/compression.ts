// frontend/src/validators/compression.ts

import { z } from 'zod';

/**
 * Compression request validation schema.
 * 
 * MUST match backend CompressionRequest Pydantic schema.
 */
export const compressionRequestSchema = z.object({
  content: z.string()
    .min(1, "Content cannot be empty")
    .max(10_000_000, "Content too large (max 10MB)"),
  
  algorithm: z.string()
    .regex(/^[a-z0-9_]+$/, "Invalid algorithm name format"),
  
  compressionLevel: z.number()
    .int("Compression level must be integer")
    .min(1, "Minimum compression level is 1")
    .max(22, "Maximum compression level is 22"),
  
  optimizationTarget: z.enum(['speed', 'ratio', 'balanced'])
    .default('balanced')
});

export type CompressionRequestType = z.infer<typeof compressionRequestSchema>;

/**
 * Validate compression request before sending to API.
 */
export function validateCompressionRequest(data: unknown): CompressionRequestType {
  try {
    return compressionRequestSchema.parse(data);
  } catch (error) {
    if (error instanceof z.ZodError) {
      // Format validation errors for display
      const messages = error.errors.map(err => 
        `${err.path.join('.')}: ${err.message}`
      ).join('; ');
      throw new Error(`Validation failed: ${messages}`);
    }
    throw error;
  }
}

// Usage in component
async function handleCompress() {
  try {
    // Validate before API call
    const validatedRequest = validateCompressionRequest({
      content: content,
      algorithm: selectedAlgorithm,
      compressionLevel: compressionLevel,
      optimizationTarget: optimizationTarget
    });
    
    // Call API
    const response = await fetch('/api/v1/compression/compress', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(validatedRequest)
    });
    
    // ... handle response
  } catch (error) {
    // Show validation error to user
    setError(error.message);
  }
}
