package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PTX that is shipped, given to the compiler of CUDA 12.0 inside JCuda, which refuses PTX of later versions as old drivers do. */
class OldDriverTest {
    private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void loadCompiler() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        // JCuda unpacks its library to the folder that this property names at that moment
        String temporary = System.setProperty(TEMPORARY_FOLDER, folder.toString());
        try {
            JNvPTXCompiler.setExceptionsEnabled(false);
        } finally {
            System.setProperty(TEMPORARY_FOLDER, temporary);
        }
    }

    /** For the oldest card: what a driver understands of PTX does not depend on the card. */
    @Test
    void allPtxIsAccepted() throws IOException {
        List<Path> files = ptx();
        assertFalse(files.isEmpty());
        for (Path file : files) {
            assertEquals(Optional.empty(), refusal(Files.readString(file)), file::toString);
        }
    }

    @Test
    void newerPtxIsRefused() throws IOException {
        String newer = Files.readString(ptx().getFirst()).replaceFirst("\\.version \\d+\\.\\d+", ".version 9.0");
        assertEquals(Optional.of(nvPTXCompileResult.NVPTXCOMPILE_ERROR_UNSUPPORTED_PTX_VERSION), refusal(newer));
    }

    private static List<Path> ptx() throws IOException {
        try (Stream<Path> files = Files.walk(Repository.root().resolve("kernels/target/classes"))) {
            return files.filter(file -> file.toString().endsWith(".ptx")).toList();
        }
    }

    private static Optional<Integer> refusal(String ptx) {
        nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
        byte[] text = (ptx + "\0").getBytes(StandardCharsets.UTF_8);
        int created = JNvPTXCompiler.nvPTXCompilerCreate(compiler, text.length, text);
        if (created != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
            return Optional.of(created);
        }
        try {
            // whether it is accepted does not depend on how well it is then optimised
            String[] options = {"--gpu-name=sm_80", "--opt-level=0"};
            int status = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
            return status == nvPTXCompileResult.NVPTXCOMPILE_SUCCESS ? Optional.empty() : Optional.of(status);
        } finally {
            JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
        }
    }
}
