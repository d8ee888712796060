package dev.panacea.runtime.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import dev.panacea.runtime.simulator.observation.LaunchObserver;
import dev.panacea.runtime.simulator.observation.Site;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What observers are told, and in which order. */
class ObserverTest {
    private final List<String> told = new ArrayList<>();

    /** An observer that writes down every call. */
    private <T> T scribe(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            StringBuilder line = new StringBuilder(method.getName());
            for (Object argument : arguments == null ? new Object[0] : arguments) {
                if (argument instanceof Integer || argument instanceof Enum<?> || argument instanceof Boolean) {
                    line.append(' ').append(argument);
                } else if (argument instanceof long[] addresses) {
                    line.append(" @").append(addresses[3]);
                } else if (argument instanceof int[] counts) {
                    line.append(' ').append(counts[3]);
                } else if (argument instanceof Site site) {
                    line.append(" <").append(site.text().split("[. ;]")[0]).append('>');
                }
            }
            told.add(line.toString());
            return method.getName().equals("openBlock") ? scribe(BlockObserver.class) : null;
        }));
    }

    private List<String> run(String body, LaunchGeometry geometry) {
        SimulatedGpu gpu = new SimulatedGpu(SimulatorOptions.defaults().withWorkers(1).withObservers(scribe(LaunchObserver.class)));
        gpu.run(SimulatedGpu.kernel(body), geometry, new long[128], 0, 64);
        return told;
    }

    @Test
    void everyKindOfEventIsTold() {
        List<String> events = run("""
            .shared .align 16 .b8 a[1024];
            shl.b32 %r10, %r2, 4;
            mov.u32 %r11, a;
            add.u32 %r10, %r10, %r11;
            st.shared.u32 [%r10], %r2;
            cp.async.ca.shared.global [%r10], [%rd5], 8, 4;
            cp.async.commit_group;
            cp.async.wait_group 0;
            bar.warp.sync -1;
            membar.gl;
            atom.shared.add.u32 %r12, [a], 1;
            setp.lt.u32 %p1, %r2, 5;
            @%p1 bra OUT;
            bar.sync 2;
            OUT: exit;
            """, new LaunchGeometry(1, 32));
        for (String expected : List.of("launched 1024", "openBlock 0", "executed <st> 0 -1", "accessed <st> 0 SHARED STORE @48 -1 4",
            "asyncGroupCommitted <cp> 0 -1", "asyncGroupsAwaited <cp> 0 -1 0 false", "warpSynchronized <bar> 0 -1", "fenced <membar> 0 -1",
            "accessed <atom> 0 SHARED ATOMIC @0 -1 4", "diverged <@%p1> 0 31 -32", "barrierReached <bar> 0 2 -32 true",
            "barrierCompleted 2", "close", "completed")) {
            assertTrue(events.contains(expected), expected + " in " + events);
        }
        assertTrue(events.stream().anyMatch(event -> event.startsWith("asyncCopyStarted <cp> 0 @48 @") && event.endsWith(" -1 8 4")));
        assertEquals(32, events.stream().filter(event -> event.startsWith("exited")).mapToInt(ObserverTest::lanes).sum());
        assertTrue(events.indexOf("executed <st> 0 -1") < events.indexOf("accessed <st> 0 SHARED STORE @48 -1 4"));
        assertEquals("completed", events.stream().filter(event -> !event.startsWith("freed")).toList().getLast());
    }

    private static int lanes(String event) {
        return Integer.bitCount(Integer.parseInt(event.substring(event.lastIndexOf(' ') + 1)));
    }

    @Test
    void memoryThatComesAndGoesIsTold() {
        List<String> events = run("", new LaunchGeometry(2, 32));
        List<String> names = events.stream().map(event -> event.split(" ")[0]).toList();
        assertEquals(2, names.stream().filter("allocated"::equals).count());
        assertEquals(2, names.stream().filter("written"::equals).count());
        assertEquals(2, names.stream().filter("freed"::equals).count());
        assertEquals(Arrays.asList("openBlock 0", "openBlock 1"), events.stream().filter(event -> event.startsWith("openBlock")).toList());
    }
}
