package dev.panacea.kernels.cuda;

import dev.panacea.runtime.CudaDevice;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Stands in for a family that a CUDA device has no kernels for, so that its other families can be used: every call refuses. */
public final class MissingFamily implements InvocationHandler {
    private final String what;
    private final CudaDevice device;

    private MissingFamily(String what, CudaDevice device) {
        this.what = what;
        this.device = device;
    }

    /** @param family the interface that the family's contract is */
    public static <F> F of(Class<F> family, CudaDevice device) {
        return family.cast(Proxy.newProxyInstance(family.getClassLoader(), new Class<?>[] {family},
            new MissingFamily(family.getSimpleName() + " kernels", device)));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
        if (method.getDeclaringClass() != Object.class) {
            throw device.lacks(what);
        }
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "no " + what + " on " + device;
        };
    }
}
