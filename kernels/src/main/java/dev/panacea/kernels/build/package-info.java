/** The build step that turns the CUDA sources of this module into the PTX it ships; it runs in the build and nowhere else. */
package dev.panacea.kernels.build;
