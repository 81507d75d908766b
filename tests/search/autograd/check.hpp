// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "search/autograd/ops.hpp"

namespace freebits::search::test {

using Values = std::vector<float>;
using Exact = std::vector<double>;

[[nodiscard]] Values random_values(Random& random, std::size_t count, float low, float high);
/// -1 or 1 each.
[[nodiscard]] Values random_signs(Random& random, std::size_t count);
[[nodiscard]] Exact exact(std::span<const float> values);
/// "3x2x2x5" and so on: a number each between 1 and the most of its dimension.
[[nodiscard]] BatchShape random_shape(Random& random, const BatchShape& most);

/// Threads of that number, made once for all tests.
[[nodiscard]] Threads& threads(unsigned count);

/// What `call` complains of: one line. Empty when it does not.
template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const std::exception& error) {
    const std::string text = error.what();
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    return text;
  }
  return "";
}

/// A tape with values for its inputs and parameters, and a random cotangent for its output.
class Rig {
 public:
  explicit Rig(unsigned threads = 1, std::uint64_t seed = 1, Mode mode = Mode::Train);

  // Recording, with names of its own for each.
  Var input(const std::string& name, BatchShape shape, const Values& values, bool gradient = true);
  Parameter& parameter(const std::string& name, Role role, const Values& values);
  Var weights(const std::string& name, std::size_t rows, std::size_t channels,
              const Values& values);
  void finish(Var output);

  // Running.
  Values forward(std::uint64_t step = 0);
  /// Sum of output · cotangent, running statistics left as they are.
  double value(std::uint64_t step = 0);
  /// After forward().
  void backward() { tape.backward(output_, cotangent); }

  /// An input or a parameter by name.
  [[nodiscard]] std::span<float> at(const std::string& name);
  [[nodiscard]] Exact exact_at(const std::string& name) { return exact(at(name)); }
  [[nodiscard]] std::span<const float> gradient(const std::string& name);
  [[nodiscard]] const BatchShape& shape() const { return output_.shape(); }
  [[nodiscard]] std::vector<std::string> variables();  ///< everything with a gradient
  /// After backward(), before the next forward(): then the memory of inputs' is used again.
  [[nodiscard]] std::map<std::string, Values> gradients();

  Random random;
  Tape tape;
  Parameters parameters;
  Values cotangent;

 private:
  struct Input {
    std::string name;
    Var var;
    Values values;
    bool gradient;
  };
  Input* find_input(const std::string& name);

  std::deque<Input> inputs_;
  Var output_;
};

/// Records a computation, the same whenever it is called: random numbers come from `random`.
using Recipe = std::function<Var(Rig&)>;
/// The output, from the values in the rig, in double precision.
using Oracle = std::function<Exact(Rig&)>;

struct Precision {
  double forward = 1e-5;   ///< of the largest output
  double gradient = 2e-3;  ///< of a derivative, or the norm of the gradient
  float step = 1.0F / 64;  ///< of inputs and parameters
};

/// Output against `oracle`, if there is one; all gradients against central differences, in random
/// directions and at single values; both for other numbers of threads against those of one.
void check(std::uint64_t seed, const Recipe& record, const Oracle& oracle,
           const Precision& precision = {});

/// The gradient of one variable against central differences.
void expect_gradient(Rig& rig, const std::string& name, const Values& gradient,
                     const Precision& precision, std::uint64_t step = 0);

/// Largest difference at most `tolerance` of the largest expected value (or of 1 if that is less).
void expect_near(std::span<const float> found, const Exact& expected, double tolerance,
                 const std::string& what);

}  // namespace freebits::search::test
