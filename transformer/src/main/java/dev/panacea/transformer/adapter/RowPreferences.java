package dev.panacea.transformer.adapter;

import dev.panacea.autograd.Tensor;
import dev.panacea.autograd.operations.SvdLoraProjection;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.model.TokenBatch;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The preferences of a batch's rows on the host. Equal ones are one, so that a batch with a single one needs no index.
 *
 * @param count of different preferences
 * @param lambda (count, m)
 * @param ofRow which of them each row has, [rows]; null when there is one
 */
public record RowPreferences(int count, float[] lambda, int[] ofRow) {

    /**
     * @param lambdaOfOwner a point of the simplex for each owner, (owners, m)
     * @param ownerOfRow index of each row's owner: [rows]
     */
    static RowPreferences of(double[][] lambdaOfOwner, int[] ownerOfRow) {
        Map<List<Double>, Integer> distinct = new LinkedHashMap<>();
        int[] preferenceOfOwner = new int[lambdaOfOwner.length];
        for (int owner = 0; owner < lambdaOfOwner.length; owner++) {
            List<Double> lambda = DoubleStream.of(lambdaOfOwner[owner]).boxed().toList();
            preferenceOfOwner[owner] = distinct.computeIfAbsent(lambda, unseen -> distinct.size());
        }
        return new RowPreferences(distinct.size(), entries(distinct.keySet()),
            distinct.size() == 1 ? null : IntStream.of(ownerOfRow).map(owner -> preferenceOfOwner[owner]).toArray());
    }

    private static float[] entries(Collection<List<Double>> preferences) {
        double[] wide = preferences.stream().flatMap(List::stream).mapToDouble(Double::doubleValue).toArray();
        float[] entries = new float[wide.length];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = (float) wide[i];
        }
        return entries;
    }

    /** Them on the scope's device. */
    SvdLoraProjection.Preferences on(MemoryScope scope) {
        Buffer values = scope.allocate("lambda", DType.F32, lambda.length).copyFrom(lambda);
        return new SvdLoraProjection.Preferences(Tensor.constant(values, count, lambda.length / count),
            ofRow == null ? null : TokenBatch.upload(scope, "preference of row", ofRow));
    }
}
