package dev.panacea.cli;

import dev.panacea.run.plot.PlotFonts;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.bindings.NativeLibraries;
import dev.panacea.transformer.tokenizer.BytePairTrainer;
import dev.panacea.transformer.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Looks at everything that training needs from a machine; whatever fails becomes a finding. */
final class Examination {
    private static final int SMALLEST_VOCABULARY = 260;
    private static final double KIB_PER_GIB = 1 << 20;

    private Examination() { }

    static List<Finding> of(Supplier<Device> device) {
        List<Finding> findings = new ArrayList<>(List.of(java(), processor(), memory()));
        findings.addAll(products(device));
        findings.addAll(List.of(nativeCache(), tokenizer(), fonts(), fixtures()));
        findings.addAll(CudaExamination.findings());
        return findings;
    }

    private static Finding java() {
        String found = System.getProperty("java.vm.name") + " " + Runtime.version() + " in " + System.getProperty("java.home");
        return Runtime.version().feature() == 25 ? Finding.fine("Java", found) : Finding.missing("Java", found + "; a JDK 25 is needed");
    }

    private static Finding processor() {
        return Finding.fine("processor", Runtime.getRuntime().availableProcessors() + " cores, "
            + procLine("cpuinfo", "model name").orElse(System.getProperty("os.arch")));
    }

    private static Finding memory() {
        String total = procLine("meminfo", "MemTotal").map(Examination::gibibytes).orElse("unknown");
        String free = procLine("meminfo", "MemAvailable").map(Examination::gibibytes).orElse("unknown");
        return Finding.fine("memory", total + ", " + free + " available; "
            + gibibytes(Runtime.getRuntime().maxMemory() / 1024 + " kB")
            + " at most for Java objects (weights lie outside them)");
    }

    private static String gibibytes(String kibibytes) {
        return String.format(Locale.ROOT, "%.1f GiB", Long.parseLong(kibibytes.split(" ")[0]) / KIB_PER_GIB);
    }

    private static Optional<String> procLine(String file, String key) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", file))) {
            return lines.filter(line -> line.startsWith(key)).map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static List<Finding> products(Supplier<Device> device) {
        try (Device opened = device.get()) {
            return List.of(Finding.fine("CPU BLAS", opened.blas().description()),
                Finding.fine("float32", ProductSpeed.float32(opened).text()),
                Finding.fine("bfloat16", ProductSpeed.bfloat16(opened).text()));
        } catch (IllegalStateException | LinkageError e) {
            return List.of(Finding.missing("CPU BLAS", e.getMessage() + "; Linux on x86-64 is needed"));
        }
    }

    private static Finding nativeCache() {
        try {
            Path folder = NativeLibraries.cacheFolder();
            return Files.isWritable(folder) ? Finding.fine("native cache", folder.toString())
                : Finding.missing("native cache", folder + " cannot be written; set XDG_CACHE_HOME to a folder that can");
        } catch (IOException e) {
            return Finding.missing("native cache", e + "; set XDG_CACHE_HOME to a folder that can be written");
        }
    }

    // A tokenizer made on the spot, so that the library is not only loaded but used.
    private static Finding tokenizer() {
        String text = "hello tokenizer";
        try {
            Path file = Files.createTempFile("panacea", ".json");
            try {
                BytePairTrainer.train(List.of(text), SMALLEST_VOCABULARY, List.of()).write(file, Optional.empty());
                try (Tokenizer tokenizer = Tokenizer.load(file)) {
                    boolean whole = tokenizer.decode(tokenizer.encode(text, false), true).equals(text);
                    return whole ? Finding.fine("tokenizers", "the native library encodes and decodes")
                        : Finding.missing("tokenizers", "the native library does not give back what it encoded");
                }
            } finally {
                Files.delete(file);
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            return Finding.missing("tokenizers", String.valueOf(e.getMessage()));
        }
    }

    private static Finding fonts() {
        return Finding.fine("plots", PlotFonts.missing()
            .map(reason -> "not drawn, for Java finds no font (" + reason + "); install fontconfig and one font, such as DejaVu")
            .orElse("drawn, with the fonts of this machine"));
    }

    private static Finding fixtures() {
        String folder = System.getenv("PANACEA_FIXTURES");
        if (folder == null || folder.isBlank()) {
            return Finding.fine("fixtures", "none: PANACEA_FIXTURES is not set; tests and the demo run on what is bundled");
        }
        return Finding.fine("fixtures", folder + (Files.isDirectory(Path.of(folder)) ? "" : ", which is no folder"));
    }
}
