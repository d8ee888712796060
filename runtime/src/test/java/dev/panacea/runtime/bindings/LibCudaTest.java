package dev.panacea.runtime.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LibCudaTest {
    private static final List<String> SUFFIXES = List.of("", "_v2", "WithFlags");

    @AfterEach
    void reset() {
        CudaLibraries.fake().ifPresent(FakeCuda::reset);
    }

    static Stream<Method> functions() {
        return Stream.of(LibCudaDevices.class, LibCudaMemory.class, LibCudaStreams.class, LibCudaCode.class, LibCudaGraphs.class)
            .flatMap(part -> Arrays.stream(part.getMethods())).filter(method -> method.getName().startsWith("cu"))
            .sorted(Comparator.comparing(Method::getName));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void everyArgumentArrivesWhole(Method function) throws IllegalAccessException, InvocationTargetException {
        FakeCuda fake = CudaLibraries.requireFake();
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20; i++) {
            Object[] arguments = Arrays.stream(function.getParameterTypes()).map(type -> random(type, random)).toArray();
            int status = random.nextInt();
            fake.recordOnly(status);
            Object answer = function.invoke(partOf(fake.library(), function), arguments);
            FakeCuda.Call call = fake.lastCall();
            assertTrue(SUFFIXES.stream().anyMatch(suffix -> call.name().equals(function.getName() + suffix)), call.name());
            assertEquals(Arrays.stream(arguments).map(LibCudaTest::widened).toList(), call.arguments(), "seed " + seed);
            assertEquals(status, answer);
        }
    }

    /** Both halves of a long differ, and the top bits are set, so that nothing cut short or widened wrongly goes by. */
    private static Object random(Class<?> type, SplittableRandom random) {
        if (type == long.class) {
            return random.nextLong() | Long.MIN_VALUE;
        }
        return type == int.class ? (Object) (random.nextInt() | Integer.MIN_VALUE) : (Object) (byte) (random.nextInt() | 0x80);
    }

    private static long widened(Object argument) {
        return switch (argument) {
            case Integer i -> Integer.toUnsignedLong(i);
            case Byte b -> Byte.toUnsignedLong(b);
            default -> (Long) argument;
        };
    }

    private static Object partOf(LibCuda library, Method function) {
        return Stream.of(library.devices(), library.memory(), library.streams(), library.code(), library.graphs())
            .filter(function.getDeclaringClass()::isInstance).findFirst().orElseThrow();
    }

    @Test
    void everyFunctionIsAmongThem() {
        assertEquals(58, functions().count());
    }

    @Test
    void theLibrarysFileIsFound() {
        FakeCuda fake = CudaLibraries.requireFake();
        assertTrue(fake.library().file().startsWith(fake.file().toString()), fake.library().file());
    }

    @Test
    void aMissingLibraryNamesWhatWasTriedAndWhatToInstall() {
        var thrown = assertThrows(MissingLibraryException.class, () -> LibCuda.open(List.of("libnone.so.1", "libnone.so")));
        for (String part : List.of("libnone.so.1 and libnone.so", "install NVIDIA's driver", LibCuda.PROPERTY, LibCuda.VARIABLE)) {
            assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
        }
    }

    @Test
    void missingFunctionsAreNamedTogether() {
        var thrown = assertThrows(MissingLibraryException.class, () -> LibCuda.open(List.of("libm.so.6")));
        for (String part : List.of("libm.so.6 lacks", "cuInit", "cuMemAlloc_v2", "cuGraphLaunch", "470")) {
            assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
        }
    }

    @Test
    void theFakeHasWhatJCudaIsLinkedAgainst() throws IOException {
        FakeCuda fake = CudaLibraries.requireFake();
        String name = "libJCudaDriver-" + JCudaLibrary.version() + "-linux-x86_64.so";
        List<String> names = undefined(NativeLibraries.unpack("lib", name).resolve(name));
        assertEquals(312, names.size());
        assertEquals(List.of(), names.stream().filter(function -> !fake.has(function)).toList());
    }

    private static List<String> undefined(Path library) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/nm")), "no nm to read JCuda's native library with");
        Process nm = new ProcessBuilder("nm", "-D", "--undefined-only", library.toString()).start();
        List<String> names = new ArrayList<>();
        for (String line : new String(nm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
            String function = line.strip().split("\\s+")[1];
            if (function.startsWith("cu")) {
                names.add(function);
            }
        }
        return names;
    }
}
