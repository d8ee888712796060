package dev.panacea.runtime.simulator.ptx;

import java.util.List;
import java.util.Map;

/**
 * A kernel or a device function.
 *
 * @param results what it returns, as parameters or registers ({@link PtxVariable.Space#REG})
 * @param variables of its scopes: shared, local, and the parameters of its calls
 * @param labels where each label stands: an index into {@code instructions}, which may be their number
 * @param tables targets of {@code brx.idx}, by label
 * @param limits {@code maxntid}, {@code reqntid} and their like, with their numbers
 * @param defined whether it has a body
 */
public record PtxFunction(String name, boolean kernel, int line, List<PtxVariable> results, List<PtxVariable> parameters,
                          List<PtxVariable> variables, List<Operand.Register> registers, List<PtxInstruction> instructions,
                          Map<String, Integer> labels, Map<String, List<String>> tables, Map<String, List<Long>> limits,
                          boolean defined) { }
