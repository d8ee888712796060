package dev.panacea.runtime.simulator.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** All cases by which the simulated GPU is trusted. */
public final class Corpus {
    private static final List<Function<Inputs, List<CorpusCase>>> FAMILIES = List.of(Elementwise::cases, Reductions::cases,
        Scans::cases, Transposes::cases, Atomics::cases, Locks::cases, Divergence::cases, Calls::cases, Spaces::cases,
        Integers::cases, WideIntegers::cases, Floats::cases, Conversions::cases, Functions::cases, Narrow::cases, Warps::cases,
        Cooperative::cases, Barriers::cases, Pipelines::cases, Vectors::cases, Printing::cases, Mma::cases, Gemm::cases,
        Written::cases);

    private Corpus() { }

    /** Cases with inputs drawn from {@code seed}: the same seed gives the same cases everywhere. */
    public static List<CorpusCase> cases(long seed) {
        List<CorpusCase> cases = new ArrayList<>();
        for (Function<Inputs, List<CorpusCase>> family : FAMILIES) {
            cases.addAll(family.apply(new Inputs(new SplittableRandom(seed))));
        }
        return cases;
    }
}
