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

    /** @throws IllegalStateException with what the compiler says, when it refuses the source */
    Compiled compile(Path source) {
        try {
            Path written = Files.createTempFile(scratch, source.getFileName().toString(), ".ptx");
            CudaToolkit.Outcome outcome = toolkit.compile(source, written, ARCHITECTURE);
            if (!outcome.succeeded()) {
                throw new IllegalStateException("nvcc refuses " + source + ":\n" + outcome.output());
            }
            String ptx = PtxVersion.lowered(Files.readString(written), text -> assemble(text, TARGETS.getFirst()).succeeded());
            Map<String, BlockShape> shapes = BlockShape.parse(ptx);
            List<ResourceUse> uses = new ArrayList<>();
            for (String target : TARGETS) {
                CudaToolkit.Outcome assembled = assemble(ptx, target);
                if (!assembled.succeeded()) {
                    throw new IllegalStateException("ptxas refuses " + source + " for " + target + ":\n" + assembled.output());
                }
                uses.addAll(ResourceUse.parse(assembled.output(), shapes));
            }
            return new Compiled(ptx, uses);
        } catch (IOException e) {
            throw new UncheckedIOException(source + " could not be compiled", e);
        }
    }

    private CudaToolkit.Outcome assemble(String ptx, String target) {
        try {
            return toolkit.assemble(Files.writeString(Files.createTempFile(scratch, "assembled", ".ptx"), ptx), target);
        } catch (IOException e) {
            throw new UncheckedIOException("PTX could not be written to " + scratch, e);
        }
    }
}
