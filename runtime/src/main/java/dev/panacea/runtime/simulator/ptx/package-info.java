/** PTX text to a syntax tree with names resolved. */
package dev.panacea.runtime.simulator.ptx;
