package dev.panacea.runtime.simulator.ptx;

import java.util.List;

/**
 * A translation unit.
 *
 * @param version 10 · major + minor of {@code .version}
 * @param target for example {@code sm_80}
 */
public record PtxModule(int version, String target, List<PtxVariable> variables, List<PtxFunction> functions) { }
