package dev.panacea.training;

import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The simulated GPU, counting the calls that the thread which made this makes of its driver. */
final class DriverCalls {
    private final CudaDriver counted = new SimulatedDriver(SimulatorOptions.defaults());
    private final Thread owner = Thread.currentThread();
    private final Map<String, Integer> counts = new HashMap<>();

    CudaDriver driver() {
        return (CudaDriver) Proxy.newProxyInstance(CudaDriver.class.getClassLoader(), new Class<?>[] {CudaDriver.class},
            (proxy, method, arguments) -> call(method, arguments));
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        if (Thread.currentThread() == owner) {
            counts.merge(method.getName() + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName)
                .collect(Collectors.joining(",", "(", ")")), 1, Integer::sum);
        }
        try {
            return method.invoke(counted, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** @param call such as {@code destroy(CudaGraph)} */
    int of(String call) {
        return counts.getOrDefault(call, 0);
    }

    /** Calls that wait for the device. */
    int waits() {
        return of("synchronize()") + of("synchronize(CudaStream)") + of("synchronize(CudaEvent)");
    }

    void reset() {
        counts.clear();
    }
}
