package dev.panacea.kernels.attention;

import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.SimulatedDriver;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * A simulated GPU whose blocks take turns, as on a real one, when all of a launch fit at once: each is launched cooperatively. By itself
 * it runs block after block.
 */
final class InterleavedBlocks implements InvocationHandler {
    private final SimulatedDriver driver;

    private InterleavedBlocks(SimulatedDriver driver) {
        this.driver = driver;
    }

    static CudaDriver of(SimulatedDriver driver) {
        return (CudaDriver) Proxy.newProxyInstance(CudaDriver.class.getClassLoader(), new Class<?>[] {CudaDriver.class},
            new InterleavedBlocks(driver));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (arguments != null && arguments.length > 1 && arguments[1] instanceof LaunchGeometry geometry) {
            arguments[1] = geometry.cooperatively();
        }
        try {
            return method.invoke(driver, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
