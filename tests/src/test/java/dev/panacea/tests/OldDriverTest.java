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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"sm_80", "sm_90"})
    void allPtxIsAccepted(String target) throws IOException {
        List<Path> files = ptx();
        assertFalse(files.isEmpty());
        for (Path file : files) {
            assertEquals(Optional.empty(), refusal(Files.readString(file), target), () -> file + " for " + target);
        }
    }

    @Test
    void newerPtxIsRefused() throws IOException {
        String newer = Files.readString(ptx().getFirst()).replaceFirst("\\.version \\d+\\.\\d+", ".version 9.0");
        assertEquals(Optional.of(nvPTXCompileResult.NVPTXCOMPILE_ERROR_UNSUPPORTED_PTX_VERSION), refusal(newer, "sm_80"));
    }

    private static List<Path> ptx() throws IOException {
        try (Stream<Path> files = Files.walk(Repository.root().resolve("kernels/target/classes"))) {
            return files.filter(file -> file.toString().endsWith(".ptx")).toList();
        }
    }

    private static Optional<Integer> refusal(String ptx, String target) {
        nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
        byte[] text = (ptx + "\0").getBytes(StandardCharsets.UTF_8);
        int created = JNvPTXCompiler.nvPTXCompilerCreate(compiler, text.length, text);
        if (created != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
            return Optional.of(created);
        }
        try {
            int status = JNvPTXCompiler.nvPTXCompilerCompile(compiler, 1, new String[] {"--gpu-name=" + target});
            return status == nvPTXCompileResult.NVPTXCOMPILE_SUCCESS ? Optional.empty() : Optional.of(status);
        } finally {
            JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
        }
    }
}
