// SPDX-License-Identifier: Apache-2.0
// Trains a network of two layers to tell points inside the unit circle from points outside it.
#include <cmath>
#include <cstdio>
#include <freebits/search/autograd/ops.hpp>
#include <freebits/search/autograd/tape.hpp>
#include <random>
#include <vector>

namespace fb = freebits::search;

namespace {

constexpr unsigned kPoints = 256, kHidden = 16, kClasses = 2;
constexpr float kRate = 0.5F;

/// Points in the square from -1.5 to 1.5, and whether each is inside the circle.
struct Points {
  std::vector<float> at = std::vector<float>(2 * kPoints);
  std::vector<std::uint32_t> inside = std::vector<std::uint32_t>(kPoints);

  explicit Points(std::mt19937& random) {
    std::uniform_real_distribution<float> place(-1.5F, 1.5F);
    for (unsigned i = 0; i < kPoints; ++i) {
      at[2 * i] = place(random);
      at[2 * i + 1] = place(random);
      inside[i] = std::hypot(at[2 * i], at[2 * i + 1]) < 1 ? 1 : 0;
    }
  }
};

/// A matrix of weights [in][out], with random values.
fb::Var weights(fb::Tape& tape, fb::Parameters& all, const char* name, unsigned in, unsigned out,
                std::mt19937& random) {
  fb::Parameter& p = all.add(name, fb::Role::Weight, std::size_t{in} * out);
  std::normal_distribution<float> value(0, std::sqrt(2.0F / static_cast<float>(in)));
  for (float& w : p.value.span()) w = value(random);
  return tape.parameter(p, in, out);
}

}  // namespace

int main() {
  std::mt19937 random(1);
  fb::Threads threads(1);
  fb::Parameters parameters;

  // Recorded once: points → 16 hidden values → 2 classes → loss.
  fb::Tape tape(threads, fb::Mode::Train);
  const fb::Var points = tape.input("points", {kPoints, 1, 1, 2});
  fb::Var hidden =
      pointwise(tape, "hidden", points, weights(tape, parameters, "w1", 2, kHidden, random));
  hidden = relu(tape, bias(tape, hidden, parameters.add("b1", fb::Role::Affine, kHidden)));
  fb::Var logits =
      pointwise(tape, "logits", hidden, weights(tape, parameters, "w2", kHidden, kClasses, random));
  logits = bias(tape, logits, parameters.add("b2", fb::Role::Affine, kClasses));
  fb::CrossEntropy& loss = cross_entropy(tape, logits);
  tape.compile();

  // Run many times: forward, backward, and a step of gradient descent.
  double accuracy = 0;
  for (unsigned step = 0; step <= 500; ++step) {
    const Points batch(random);
    tape.feed(points, batch.at);
    loss.feed(batch.inside);
    tape.forward(step);
    tape.backward();
    for (fb::Parameter& p : parameters) {
      for (std::size_t i = 0; i < p.value.size(); ++i) p.value[i] -= kRate * p.gradient[i];
    }
    accuracy = static_cast<double>(loss.correct()) / kPoints;
    if (step % 100 == 0) {
      std::printf("step %3u: loss %.3f, accuracy %.1f %%\n", step, loss.loss(), 100 * accuracy);
    }
  }
  return accuracy > 0.95 ? 0 : 1;
}
