package dev.panacea.kernels.build;

import dev.panacea.runtime.cuda.CudaToolkit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns one CUDA source into PTX that old drivers load, and reports what its kernels take on each target. */
record PtxCompiler(CudaToolkit toolkit, Path scratch) {
    /** The portable base: every card from the A100 and A800 on runs it. */
    private static final String ARCHITECTURE = "compute_80";
    private static final List<String> TARGETS = List.of("sm_80", "sm_90");

    /** PTX text, and what it takes. */
    record Compiled(String ptx, List<ResourceUse> uses) { }

    private record Assembled(String ptx, boolean succeeded, String report) { }

    /** @throws IllegalStateException with what the compiler says, when it refuses the source */
    Compiled compile(Path source) {
        try {
            Path written = Files.createTempFile(scratch, source.getFileName().toString(), ".ptx");
            CudaToolkit.Outcome outcome = toolkit.compile(source, written, ARCHITECTURE);
            if (!outcome.succeeded()) {
                throw new IllegalStateException("nvcc refuses " + source + ":\n" + outcome.output());
            }
            String first = TARGETS.getFirst();
            Assembled lowest = accepted(source, first,
                PtxVersion.lowest(Files.readString(written), text -> assemble(text, first), Assembled::succeeded));
            Map<String, BlockShape> shapes = BlockShape.parse(lowest.ptx);
            List<ResourceUse> uses = new ArrayList<>(ResourceUse.parse(lowest.report, shapes));
            for (String target : TARGETS.subList(1, TARGETS.size())) {
                uses.addAll(ResourceUse.parse(accepted(source, target, assemble(lowest.ptx, target)).report, shapes));
            }
            return new Compiled(lowest.ptx, uses);
        } catch (IOException e) {
            throw new UncheckedIOException(source + " could not be compiled", e);
        }
    }

    private static Assembled accepted(Path source, String target, Assembled assembled) {
        if (!assembled.succeeded) {
            throw new IllegalStateException("ptxas refuses " + source + " for " + target + ":\n" + assembled.report);
        }
        return assembled;
    }

    private Assembled assemble(String ptx, String target) {
        try {
            Path file = Files.writeString(Files.createTempFile(scratch, "assembled", ".ptx"), ptx);
            CudaToolkit.Outcome outcome = toolkit.assemble(file, target);
            return new Assembled(ptx, outcome.succeeded(), outcome.output());
        } catch (IOException e) {
            throw new UncheckedIOException("PTX could not be written to " + scratch, e);
        }
    }
}
