package dev.panacea.bench.gpu;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** This very program, to be started again: its JVM, the flags it runs with, and its class path. */
record Installation(Path java, List<String> flags, String classPath) {

    static Installation ofThisProcess() {
        // the stream that the launcher redirected is open in this process only
        List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> !flag.startsWith("-Dpanacea.stderr=")).toList();
        return new Installation(Path.of(System.getProperty("java.home"), "bin", "java"), flags, System.getProperty("java.class.path"));
    }

    /** The same with one more flag of the JVM. */
    Installation with(String flag) {
        List<String> more = new ArrayList<>(flags);
        more.add(flag);
        return new Installation(java, more, classPath);
    }

    /** A command line that runs {@code mainClass}. */
    List<String> run(String mainClass, String... arguments) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Jars of the class path whose name has {@code part} in it. */
    List<Path> jars(String part) {
        return Stream.of(classPath.split(":")).map(Path::of).filter(jar -> jar.getFileName().toString().contains(part)).toList();
    }
}
