// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "check.hpp"

namespace freebits::search::test {
namespace {

using Labels = std::vector<std::uint32_t>;

/// Loss and gradient by their definition: mean of -Σ target · log(softmax).
struct Expected {
  double loss = 0;
  unsigned correct = 0;
  Exact gradient;
};
Expected expected(const Exact& logits, std::size_t classes, const Labels& labels,
                  double smoothing) {
  Expected e{.gradient = Exact(logits.size())};
  const double count = static_cast<double>(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double* const row = &logits[i * classes];
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c) sum += std::exp(row[c]);
    for (std::size_t c = 0; c < classes; ++c) {
      const double target =
          smoothing / static_cast<double>(classes) + (c == labels[i] ? 1 - smoothing : 0);
      e.loss -= target * (row[c] - std::log(sum)) / count;
      e.gradient[i * classes + c] = (std::exp(row[c]) / sum - target) / count;
    }
    const std::size_t best = static_cast<std::size_t>(std::max_element(row, row + classes) - row);
    e.correct += best == labels[i] ? 1 : 0;
  }
  return e;
}

TEST(CrossEntropy, EqualsItsDefinition) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    Random random{seed};
    const auto images = static_cast<unsigned>(1 + random.below(9));
    const auto classes = static_cast<unsigned>(2 + random.below(40));
    const float smoothing = seed % 2 == 0 ? 0.1F : 0;
    const unsigned count = 1 + static_cast<unsigned>(seed % 4);
    SCOPED_TRACE("seed " + std::to_string(seed));
    // With a bias behind the logits' op, and fewer labels than images.
    Tape tape(threads(count), Mode::Train);
    Parameters parameters;
    Parameter& b = parameters.add("b", Role::Affine, classes);
    std::ranges::copy(random_values(random, classes, -1, 1), b.value.data());
    const Values x = random_values(random, std::size_t{images} * classes, -4, 4);
    const Var in = tape.input("x", {images, 1, 1, classes}, true);
    CrossEntropy& loss = cross_entropy(tape, bias(tape, in, b), smoothing);
    tape.compile();
    tape.feed(in, x);
    Labels labels(1 + random.below(images));
    for (std::uint32_t& label : labels) label = static_cast<std::uint32_t>(random.below(classes));
    loss.feed(labels);
    tape.forward();
    tape.backward();
    Exact logits = exact(x);
    for (std::size_t i = 0; i < logits.size(); ++i)
      logits[i] += static_cast<double>(b.value[i % classes]);
    const Expected e = expected(logits, classes, labels, static_cast<double>(smoothing));
    EXPECT_NEAR(loss.loss(), e.loss, 1e-5 * std::max(1.0, e.loss));
    EXPECT_EQ(loss.correct(), e.correct);
    expect_near(tape.gradient(in), e.gradient, 1e-6, "gradient of the logits");
    Exact db(classes);
    for (std::size_t i = 0; i < e.gradient.size(); ++i) db[i % classes] += e.gradient[i];
    expect_near(b.gradient.span(), db, 1e-6, "gradient of the bias");
  }
}

TEST(CrossEntropy, IsFiniteForHugeLogitsAndTakesTheFirstOfTheLargest) {
  Tape tape(threads(1), Mode::Train);
  const Var in = tape.input("x", {2, 1, 1, 3}, true);
  CrossEntropy& loss = cross_entropy(tape, in);
  tape.compile();
  const Values x{1e4F, -1e4F, 1e4F, 5, 5, 5};
  tape.feed(in, x);
  const Labels labels{0, 1};
  loss.feed(labels);
  tape.forward();
  tape.backward();
  EXPECT_NEAR(loss.loss(), (std::log(2) + std::log(3)) / 2, 1e-6);
  EXPECT_EQ(loss.correct(), 1U);
  expect_near(tape.gradient(in), {-0.25, 0, 0.25, 1.0 / 6, -1.0 / 3, 1.0 / 6}, 1e-6, "gradient");
}

TEST(CrossEntropy, RefusesWhatDoesNotFit) {
  Tape tape(threads(1), Mode::Train);
  const Var in = tape.input("x", {2, 1, 1, 3}, true);
  EXPECT_EQ(error_of([&] {
              (void)cross_entropy(tape, tape.input("map", {2, 4, 4, 3}));
            }),
            "[cross_entropy] received 2x4x4x3, expected one pixel an image");
  EXPECT_EQ(error_of([&] { (void)cross_entropy(tape, in, 1); }),
            "[cross_entropy] received smoothing 1, expected 0 to less than 1");
  CrossEntropy& loss = cross_entropy(tape, in);
  tape.compile();
  const auto feed = [&](const Labels& labels) { return error_of([&] { loss.feed(labels); }); };
  EXPECT_EQ(feed({}), "[cross_entropy] received 0 labels, expected 1 to 2");
  EXPECT_EQ(feed({0, 1, 2}), "[cross_entropy] received 3 labels, expected 1 to 2");
  EXPECT_EQ(feed({0, 3}), "[cross_entropy] received label 3, expected 0 to 2");
}

}  // namespace
}  // namespace freebits::search::test
