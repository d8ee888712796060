/** The CUDA driver behind one interface. */
package dev.panacea.runtime.cuda;
