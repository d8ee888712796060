package dev.panacea.bench;

import dev.panacea.runtime.Device;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.stream.Stream;

/**
 * What figures were measured on.
 *
 * @param date of the measurement, ISO
 * @param cores that the JVM sees
 * @param load runnable threads of the whole machine over the last minute when measuring began; figures of a busy machine are too high
 * @param blas what computes matrix products, with its version
 */
public record Machine(String date, String processor, int cores, double load, String jdk, String blas) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    public static Machine now(Device device) {
        return new Machine(LocalDate.now().toString(), installedProcessor(), Runtime.getRuntime().availableProcessors(),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
            System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"), device.blas().description());
    }

    // Model names are often cut short to "AMD EPYC"; family and model tell which one it is.
    private static String installedProcessor() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            String[] found = {"", "", ""};
            lines.forEach(line -> {
                note(line, "model name", found, 0);
                note(line, "cpu family", found, 1);
                note(line, "model\t", found, 2);
            });
            return found[0] + " (family " + found[1] + ", model " + found[2] + ")";
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static void note(String line, String key, String[] found, int place) {
        if (found[place].isEmpty() && line.startsWith(key)) {
            found[place] = line.substring(line.indexOf(':') + 1).strip();
        }
    }
}
