/** A simulated GPU behind the CUDA driver's interface. */
package dev.panacea.runtime.simulator;
