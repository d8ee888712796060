/**
 * What PTX instructions compute, as pure functions of bits: no state, no allocation, no knowledge of warps or memory.
 *
 * <p>NaNs are canonical as on the hardware: 0x7fffffff for f32, 0x7fff for f16 and bf16. Callers that keep floats as bits must use
 * {@link Float#floatToRawIntBits}, which leaves them so.
 */
package dev.panacea.runtime.simulator.arithmetic;
