package dev.panacea.runtime.simulator.corpus;

import dev.panacea.runtime.cuda.CudaToolkit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;

/** The PTX of the corpus: from a folder where it was prepared, or compiled from its sources when it is first asked for. */
public interface CorpusPtx {

    /** PTX of {@code source}. */
    byte[] text(String source);

    /** Reads {@code folder/<source>.ptx}, as {@code src/test/cuda/compile.sh} leaves them. */
    static CorpusPtx prepared(Path folder) {
        return source -> read(folder.resolve(source + ".ptx"));
    }

    /** Takes {@code sources/<source>.ptx}, or compiles {@code sources/<source>.cu} into {@code output} unless it is there and newer. */
    static CorpusPtx compiled(CudaToolkit toolkit, Path sources, Path output, String... options) {
        return source -> {
            Path written = sources.resolve(source + ".ptx");
            if (Files.exists(written)) {
                return read(written);
            }
            Path cuda = sources.resolve(source + ".cu");
            Path ptx = output.resolve(source + ".ptx");
            try {
                if (!Files.exists(ptx) || Files.getLastModifiedTime(ptx).compareTo(lastChange(cuda)) < 0) {
                    compile(toolkit, cuda, ptx, options);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot compile " + cuda, e);
            }
            return read(ptx);
        };
    }

    /** Of a source or of any header beside it. */
    private static FileTime lastChange(Path cuda) throws IOException {
        FileTime last = Files.getLastModifiedTime(cuda);
        try (DirectoryStream<Path> headers = Files.newDirectoryStream(cuda.getParent(), "*.cuh")) {
            for (Path header : headers) {
                FileTime changed = Files.getLastModifiedTime(header);
                last = changed.compareTo(last) > 0 ? changed : last;
            }
        }
        return last;
    }

    private static void compile(CudaToolkit toolkit, Path cuda, Path ptx, String... options) throws IOException {
        Files.createDirectories(ptx.getParent());
        Path unfinished = Files.createTempFile(ptx.getParent(), ptx.getFileName().toString(), ".unfinished");
        CudaToolkit.Outcome outcome = toolkit.compile(cuda, unfinished, "compute_80", options);
        if (!outcome.succeeded()) {
            throw new IllegalStateException("nvcc refuses " + cuda + ":\n" + outcome.output());
        }
        Files.move(unfinished, ptx, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
