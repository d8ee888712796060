package dev.panacea.bench.training;

import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.CudaEvent;
import dev.panacea.runtime.cuda.CudaFunction;
import dev.panacea.runtime.cuda.CudaStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A driver that puts a mark before and behind every launch of a kernel while it is asked to, and so learns the time of each on the
 * device. Marks cost time of their own, so a step that is profiled is not one that is timed.
 */
final class LaunchTimes implements InvocationHandler {

    private record Launch(String kernel, CudaEvent start, CudaEvent end) { }

    private final CudaDriver driver;
    private final List<Launch> launches = new ArrayList<>();
    private boolean watching;

    LaunchTimes(CudaDriver driver) {
        this.driver = driver;
    }

    /** The driver to open a device with. */
    CudaDriver watched() {
        return (CudaDriver) Proxy.newProxyInstance(CudaDriver.class.getClassLoader(), new Class<?>[] {CudaDriver.class}, this);
    }

    /** Milliseconds by kernel of what {@code work} launches; other threads launch nothing meanwhile. */
    Map<String, Double> of(Runnable work) {
        watching = true;
        try {
            work.run();
            driver.synchronize();
            Map<String, Double> times = new TreeMap<>();
            for (Launch launch : launches) {
                times.merge(launch.kernel, (double) driver.elapsedMilliseconds(launch.start, launch.end), Double::sum);
            }
            return times;
        } finally {
            watching = false;
            launches.forEach(launch -> {
                driver.destroy(launch.start);
                driver.destroy(launch.end);
            });
            launches.clear();
        }
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        boolean marked = watching && arguments != null && arguments[0] instanceof CudaFunction && method.getName().equals("launch");
        CudaEvent start = marked ? mark((CudaStream) arguments[2]) : null;
        try {
            Object answer = method.invoke(driver, arguments);
            if (marked) {
                launches.add(new Launch(((CudaFunction) arguments[0]).name(), start, mark((CudaStream) arguments[2])));
            }
            return answer;
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private CudaEvent mark(CudaStream stream) {
        CudaEvent event = driver.createEvent(true);
        driver.record(event, stream);
        return event;
    }
}
