// SPDX-License-Identifier: Apache-2.0
// The engine itself: what it refuses, what it says of numbers that are none, values nobody reads.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "check.hpp"

namespace freebits::search::test {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(Tape, RefusesShapesThatDoNotFitInOneLine) {
  Rig rig;
  Tape& t = rig.tape;
  unsigned made = 0;
  const auto weights = [&](std::size_t rows, std::size_t channels) {
    return rig.weights(std::to_string(made++), rows, channels, Values(rows * channels));
  };
  const Var x = rig.input("x", {2, 4, 5, 3}, Values(120));
  const Var one = rig.input("one", {2, 1, 1, 3}, Values(6));
  EXPECT_EQ(error_of([&] { (void)pointwise(t, "fc", x, weights(4, 7)); }),
            "[fc] received weights of 4 x 7, expected 3 x any");
  EXPECT_EQ(error_of([&] { (void)conv(t, "c", x, weights(26, 7), {.height = 3, .width = 3}); }),
            "[c] received weights of 26 x 7, expected 27 x any");
  EXPECT_EQ(error_of([&] { (void)conv(t, "c", one, weights(18, 7), {.height = 2, .width = 3}); }),
            "[c] received an image of 1x1 with its padding, expected at least the window's 2x3");
  EXPECT_EQ(error_of([&] {
              (void)conv(t, "c", x, weights(3, 7), {.height = 1, .width = 1, .stride = 0});
            }),
            "[c] received a window or stride of 0, expected at least 1");
  EXPECT_EQ(error_of([&] {
              (void)depthwise(t, "d", x, weights(9, 4), {3, 3, 1, 1, 1, 1, 1});
            }),
            "[d] received weights of 9 x 4, expected 9 x 3");
  EXPECT_EQ(error_of([&] {
              (void)depthwise(t, "d", x, weights(9, 3), {5, 3, 3, 1, 1, 1, 1});
            }),
            "[d] received a 5x3 kernel of stride 3, expected 3x3 of stride 1 or 2");
  EXPECT_EQ(error_of([&] {
              (void)depthwise(t, "d", x, weights(9, 3), {3, 3, 1, 3, 1, 1, 1});
            }),
            "[d] received padding of 3 or more, expected at most 2");
  EXPECT_EQ(error_of([&] {
              (void)max_pool(t, "m", x, {2, 2, 2, 0, 2, 0, 0});
            }),
            "[m] received padding as large as the window, expected less");
  EXPECT_EQ(error_of([&] { (void)add(t, "sum", x, one); }),
            "[sum] received 2x4x5x3 and 2x1x1x3, expected equal shapes");
  EXPECT_EQ(error_of([&] { (void)add(t, "sum", x, x); }),
            "[sum] received one value twice, expected two");
  Parameter& p = rig.parameter("p", Role::Weight, Values(5));
  EXPECT_EQ(error_of([&] { (void)t.parameter(p, 2, 3); }), "p: 5 values, expected 2 x 3");
}

TEST(Tape, RefusesAValueWhosePlaceAnotherHasTaken) {
  Rig rig;
  const Var x = rig.input("x", {2, 4, 5, 3}, Values(120));
  const Var y = average_pool(rig.tape, "y", x);
  (void)relu(rig.tape, y);
  constexpr auto kExpected =
      " received y as it was before its batch norm, bias, clip or quantizer, expected what the "
      "last "
      "of these returned";
  EXPECT_EQ(error_of([&] { (void)average_pool(rig.tape, "again", y); }),
            std::string("[again]") + kExpected);
  EXPECT_EQ(error_of([&] { (void)relu(rig.tape, y); }), std::string("[y]") + kExpected);
  EXPECT_EQ(error_of([&] { (void)cross_entropy(rig.tape, y); }),
            std::string("[cross_entropy]") + kExpected);
}

TEST(Tape, RefusesAParameterTwice) {
  Rig rig;
  Parameter& p = rig.parameter("p", Role::Weight, Values(6));
  (void)rig.tape.parameter(p, 2, 3);
  EXPECT_EQ(error_of([&] { (void)rig.tape.parameter(p, 2, 3); }),
            "p: on the tape already, expected once: its value can have several readers");
}

/// Parameters of epilogues are looked at when the tape is compiled.
TEST(Tape, RefusesParametersOfTheWrongSizeNamingTheValue) {
  const auto compiled = [](const std::function<void(Rig&, Var)>& follow) {
    Rig rig;
    follow(rig, rig.input("x", {1, 1, 1, 3}, Values(3)));
    return error_of([&] { rig.tape.compile(); });
  };
  EXPECT_EQ(compiled([](Rig& rig, Var x) {
              (void)bias(rig.tape, x, rig.parameter("b", Role::Affine, Values(2)));
            }),
            "x: b: 2 values, expected one for each of 3 channels");
  EXPECT_EQ(compiled([](Rig& rig, Var x) {
              Parameter& p = rig.parameter("p", Role::Affine, Values(3));
              (void)batch_norm(rig.tape, x, {.gamma = &p, .beta = &p, .mean = &p});
            }),
            "x.copy: batch norm: 0 values, expected one for each of 3 channels");
  EXPECT_EQ(compiled([](Rig& rig, Var x) {
              Parameter& p = rig.parameter("t", Role::Threshold, Values(2));
              (void)fake_quantize(rig.tape, x, UniformQuantizer{.grid = {}, .threshold = &p});
            }),
            "x: t: 2 values, expected 1 or 3");
}

TEST(Tape, RefusesMemoryOfTheWrongSizeAndWorkAtTheWrongTime) {
  Rig rig;
  const Var x = rig.input("x", {1, 2, 2, 3}, Values(12));
  const Var y = average_pool(rig.tape, "y", x);
  EXPECT_EQ(error_of([&] { rig.tape.forward(); }), "a tape runs after compile()");
  rig.finish(y);
  Values few(2);
  EXPECT_EQ(error_of([&] { rig.tape.feed(x, few); }), "x: 2 values, expected 12 for 1x2x2x3");
  EXPECT_EQ(error_of([&] { rig.tape.read(y, few); }), "y: read into memory of another size");
  EXPECT_EQ(error_of([&] { rig.tape.backward(y, few); }), "y: a cotangent of another size");
  EXPECT_EQ(error_of([&] { rig.tape.backward(x, Values(12)); }),
            "x: a cotangent for a value that ops read");
  EXPECT_EQ(error_of([&] { (void)average_pool(rig.tape, "z", y); }),
            "a compiled tape takes no more ops");

  Rig evaluation(1, 1, Mode::Evaluate);
  evaluation.finish(
      average_pool(evaluation.tape, "y", evaluation.input("x", {1, 2, 2, 3}, Values(12), false)));
  (void)evaluation.forward();
  EXPECT_EQ(error_of([&] { evaluation.backward(); }), "a tape that evaluates has no backward()");
}

/// Of two results only one has a cotangent; what the other's gradient was before counts for
/// nothing.
TEST(Tape, SendsNothingBackFromResultsWithoutACotangent) {
  Rig rig(2, 5);
  const BatchShape shape{4, 5, 5, 6};
  const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -1, 1));
  const auto weights = [&](const char* name, std::size_t rows) {
    return rig.weights(name, rows, 6, random_values(rig.random, rows * 6, -1, 1));
  };
  const Window window{3, 3, 1, 1, 1, 1, 1};
  const Var side = relu(rig.tape, depthwise(rig.tape, "side", x, weights("v", 9), window));
  const Var y = pointwise(rig.tape, "y", x, weights("w", 6));
  rig.finish(y);
  (void)rig.forward();
  rig.backward();
  const auto before = rig.gradients();
  rig.tape.backward(side, Values(side.shape().size(), 1e6F));
  EXPECT_EQ(rig.gradients().at("w"), Values(36));
  EXPECT_NE(rig.gradients().at("v"), Values(54));
  (void)rig.forward();
  rig.backward();
  EXPECT_EQ(rig.gradients(), before);
  EXPECT_EQ(before.at("v"), Values(54));
}

/// A pool is first, its input wants no gradient, and yet something behind it learns.
TEST(Tape, LetsWhatFollowsAnInputLearn) {
  const Values x{1, 2, 3, 4, 5, 6, 7, 8};
  for (const bool largest : {false, true}) {
    Rig rig;
    const Var in = rig.input("x", {1, 2, 2, 2}, x, false);
    const Var y = largest ? max_pool(rig.tape, "y", in, {.height = 2, .width = 2})
                          : average_pool(rig.tape, "y", in);
    rig.finish(bias(rig.tape, y, rig.parameter("b", Role::Affine, {1, 1})));
    EXPECT_EQ(rig.forward(), largest ? (Values{8, 9}) : (Values{5, 6}));
    rig.backward();
    EXPECT_EQ(exact(rig.gradient("b")), exact(rig.cotangent));
  }
}

/// stem -> batch norm, ReLU -> middle -> late -> pool -> head; what check_finite() says of it.
class Finite : public testing::TestWithParam<Mode> {
 protected:
  Finite() : rig_(2, 3, GetParam()) {
    Tape& t = rig_.tape;
    const auto weights = [&](const std::string& name, std::size_t rows) {
      return rig_.weights(name, rows, 8, random_values(rig_.random, rows * 8, -1, 1));
    };
    const BatchShape shape{3, 6, 6, 8};
    const Var x = rig_.input("x", shape, random_values(rig_.random, shape.size(), -1, 1), false);
    Var y = conv(t, "stem", x, weights("stem.weight", 72), {3, 3, 1, 1, 1, 1, 1});
    BatchNorm bn;
    bn.gamma = &rig_.parameter("gamma", Role::Affine, Values(8, 1));
    bn.beta = &rig_.parameter("beta", Role::Affine, Values(8));
    bn.mean = &rig_.parameter("mean", Role::Statistic, Values(8));
    bn.variance = &rig_.parameter("variance", Role::Statistic, Values(8, 1));
    y = relu(t, batch_norm(t, y, bn));
    y = depthwise(t, "middle", y, weights("middle.weight", 9), {3, 3, 1, 1, 1, 1, 1});
    y = pointwise(t, "late", y, weights("late.weight", 8));
    y = pointwise(t, "head", average_pool(t, "pool", y), weights("head.weight", 8));
    rig_.finish(y);
  }
  std::string complaint(bool after_backward = false) {
    std::optional<std::string> text;
    try {
      rig_.tape.check_finite(after_backward);
    } catch (const NumericalError& error) {
      text = error.what();
    }
    return text.value_or("");
  }
  Rig rig_;
};

TEST_P(Finite, NamesTheOpWhereANumberWentWrong) {
  (void)rig_.forward();
  EXPECT_EQ(complaint(), "");
  const struct {
    const char *at, *complaint;
    float value;
  } cases[] = {{"x", "stem (conv): output is not finite", kInf},
               {"x", "stem (conv): output is not finite", kNan},
               {"stem.weight", "stem (conv): output is not finite", kNan},
               {"middle.weight", "middle (depthwise): output is not finite", kNan},
               {"late.weight", "late (pointwise): output is not finite", kInf},
               {"head.weight", "head (pointwise): output is not finite", kNan},
               {"gamma", "middle (depthwise): output is not finite", kNan}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.at);
    const std::vector<float> statistics{rig_.at("mean").begin(), rig_.at("mean").end()};
    const std::vector<float> variances{rig_.at("variance").begin(), rig_.at("variance").end()};
    float& value = rig_.at(c.at)[rig_.random.below(rig_.at(c.at).size())];
    const float before = std::exchange(value, c.value);
    EXPECT_FALSE(std::ranges::all_of(rig_.forward(), [](float y) { return std::isfinite(y); }));
    EXPECT_EQ(complaint(), c.complaint);
    value = before;
    std::ranges::copy(statistics, rig_.at("mean").begin());
    std::ranges::copy(variances, rig_.at("variance").begin());
  }
}
INSTANTIATE_TEST_SUITE_P(Modes, Finite, testing::Values(Mode::Train, Mode::Evaluate));

class FiniteGradient : public Finite {};
TEST_P(FiniteGradient, IsNamedByTheParameterWhereItWentWrong) {
  (void)rig_.forward();
  rig_.backward();
  EXPECT_EQ(complaint(true), "");
  rig_.cotangent[3] = kNan;
  (void)rig_.forward();
  rig_.backward();
  EXPECT_EQ(complaint(true), "head.weight: gradient is not finite");
}
INSTANTIATE_TEST_SUITE_P(Modes, FiniteGradient, testing::Values(Mode::Train));

TEST(Parameters, HaveNamesOfTheirOwn) {
  Parameters parameters;
  Parameter& a = parameters.add("a", Role::Weight, 3);
  (void)parameters.add("b", Role::Statistic, 2);
  EXPECT_EQ(parameters.find("a"), &a);
  EXPECT_EQ(parameters.find("c"), nullptr);
  EXPECT_EQ(a.gradient.size(), 3U);
  EXPECT_EQ(parameters.at("b").gradient.size(), 0U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.value.data()) % 64, 0U);
  EXPECT_NE(error_of([&] { (void)parameters.add("a", Role::Weight, 3); }), "");
  EXPECT_NE(error_of([&] { (void)parameters.add("c", Role::Weight, 0); }), "");
  EXPECT_EQ(error_of([&] { (void)parameters.at("c"); }), "no parameter 'c'");
}

}  // namespace
}  // namespace freebits::search::test
