/**
 * The CUDA driver behind one interface. Two system properties change how it is reached: {@code panacea.libcuda} (or the environment
 * variable {@code PANACEA_LIBCUDA}) names the library to use in place of the installed one, and {@code panacea.cuda.synchronous=true}
 * makes every launch wait for its kernel, so that a fault names the kernel that made it.
 */
package dev.panacea.runtime.cuda;
