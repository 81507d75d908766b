// SPDX-License-Identifier: Apache-2.0
#include "check.hpp"

#include <cmath>
#include <memory>
#include <numeric>

namespace freebits::search::test {
namespace {

double norm(std::span<const float> values) {
  double sum = 0;
  for (const float v : values) sum += static_cast<double>(v) * static_cast<double>(v);
  return std::sqrt(sum);
}

/// f(x + delta) - f(x - delta) against the gradient's say, relative to `scale`.
void expect_difference(Rig& rig, const std::string& name, const Values& gradient,
                       const Values& delta, double scale, const Precision& p, std::uint64_t step) {
  const std::span<float> x = rig.at(name);
  const Values at(x.begin(), x.end());
  double expected = 0, moved = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    // What is added is not quite what arrives.
    const double by = static_cast<double>(at[i] + delta[i]) - static_cast<double>(at[i] - delta[i]);
    expected += static_cast<double>(gradient[i]) * by;
    moved += by * by;
    x[i] = at[i] + delta[i];
  }
  const double above = rig.value(step);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = at[i] - delta[i];
  const double below = rig.value(step);
  std::ranges::copy(at, x.begin());
  constexpr double kRounding = 4e-6;  // of sums over outputs of order 1
  const double rounding = kRounding * norm(rig.cotangent);
  EXPECT_NEAR(above - below, expected, p.gradient * scale * std::sqrt(moved) + rounding)
      << "gradient of " << name;
}

}  // namespace

Values random_values(Random& random, std::size_t count, float low, float high) {
  Values values(count);
  for (float& v : values) v = random.between(low, high);
  return values;
}

Values random_signs(Random& random, std::size_t count) {
  Values values(count);
  for (float& v : values) v = random.below(2) == 0 ? -1.0F : 1.0F;
  return values;
}

Exact exact(std::span<const float> values) { return {values.begin(), values.end()}; }

BatchShape random_shape(Random& random, const BatchShape& most) {
  const auto upto = [&](unsigned n) { return 1 + static_cast<unsigned>(random.below(n)); };
  return {upto(most.images), upto(most.height), upto(most.width), upto(most.channels)};
}

Threads& threads(unsigned count) {
  static std::map<unsigned, std::unique_ptr<Threads>> all;
  std::unique_ptr<Threads>& one = all[count];
  if (!one) one = std::make_unique<Threads>(count);
  return *one;
}

Rig::Rig(unsigned count, std::uint64_t seed, Mode mode)
    : random{seed}, tape(threads(count), mode) {}

Var Rig::input(const std::string& name, BatchShape shape, const Values& values, bool gradient) {
  const Var var = tape.input(name, shape, gradient);
  inputs_.push_back({name, var, values, gradient});
  return var;
}

Parameter& Rig::parameter(const std::string& name, Role role, const Values& values) {
  Parameter& p = parameters.add(name, role, values.size());
  std::ranges::copy(values, p.value.data());
  return p;
}

Var Rig::weights(const std::string& name, std::size_t rows, std::size_t channels,
                 const Values& values) {
  return tape.parameter(parameter(name, Role::Weight, values), rows, channels);
}

void Rig::finish(Var output) {
  output_ = output;
  cotangent = random_values(random, output.shape().size(), -1, 1);
  tape.compile();
  for (const Input& input : inputs_) tape.feed(input.var, input.values);
}

Values Rig::forward(std::uint64_t step) {
  tape.forward(step);
  Values out(output_.shape().size());
  tape.read(output_, out);
  return out;
}

double Rig::value(std::uint64_t step) {
  std::vector<Values> statistics;
  for (const Parameter& p : parameters) {
    if (p.role == Role::Statistic)
      statistics.emplace_back(p.value.span().begin(), p.value.span().end());
  }
  const Values y = forward(step);
  auto saved = statistics.begin();
  for (Parameter& p : parameters) {
    if (p.role == Role::Statistic) std::ranges::copy(*saved++, p.value.data());
  }
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    sum += static_cast<double>(y[i]) * static_cast<double>(cotangent[i]);
  return sum;
}

Rig::Input* Rig::find_input(const std::string& name) {
  for (Input& input : inputs_) {
    if (input.name == name) return &input;
  }
  return nullptr;
}

std::span<float> Rig::at(const std::string& name) {
  if (Input* const input = find_input(name)) return input->values;
  return parameters.at(name).value.span();
}

std::span<const float> Rig::gradient(const std::string& name) {
  if (const Input* const input = find_input(name)) return tape.gradient(input->var);
  return parameters.at(name).gradient.span();
}

std::vector<std::string> Rig::variables() {
  std::vector<std::string> names;
  for (const Input& input : inputs_) {
    if (input.gradient) names.push_back(input.name);
  }
  for (const Parameter& p : parameters) {
    if (p.role != Role::Statistic) names.push_back(p.name);
  }
  return names;
}

std::map<std::string, Values> Rig::gradients() {
  std::map<std::string, Values> all;
  for (const std::string& name : variables())
    all.emplace(name, Values(gradient(name).begin(), gradient(name).end()));
  return all;
}

void expect_gradient(Rig& rig, const std::string& name, const Values& gradient, const Precision& p,
                     std::uint64_t step) {
  const std::size_t size = gradient.size();
  const double length = norm(gradient);
  Values delta(size);
  constexpr unsigned kDirections = 2, kEntries = 6;
  for (unsigned i = 0; i < kDirections; ++i) {
    const Values signs = random_signs(rig.random, size);
    for (std::size_t k = 0; k < size; ++k) delta[k] = p.step * signs[k];
    expect_difference(rig, name, gradient, delta, length / std::sqrt(static_cast<double>(size)) * 4,
                      p, step);
  }
  for (unsigned i = 0; i < kEntries; ++i) {
    std::ranges::fill(delta, 0.0F);
    delta[rig.random.below(size)] = p.step;
    expect_difference(rig, name, gradient, delta, length, p, step);
  }
}

void check(std::uint64_t seed, const Recipe& record, const Oracle& oracle, const Precision& p) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Rig rig(1, seed);
  rig.finish(record(rig));
  // What the oracle reads, running statistics among it, is as before the pass.
  const Exact expected = oracle ? oracle(rig) : Exact();
  const Values y = rig.forward();
  if (oracle) expect_near(y, expected, p.forward, "output");
  rig.backward();
  const std::map<std::string, Values> gradients = rig.gradients();
  for (const auto& [name, gradient] : gradients) expect_gradient(rig, name, gradient, p);
  for (const unsigned count : {2U, 3U, 5U}) {
    SCOPED_TRACE(std::to_string(count) + " threads");
    Rig other(count, seed);
    other.finish(record(other));
    expect_near(other.forward(), exact(y), p.forward, "output");
    other.backward();
    for (const auto& [name, gradient] : gradients)
      expect_near(other.gradient(name), exact(gradient), 2 * p.forward, "gradient of " + name);
  }
}

void expect_near(std::span<const float> found, const Exact& expected, double tolerance,
                 const std::string& what) {
  ASSERT_EQ(found.size(), expected.size()) << what;
  double largest = 1;
  for (const double e : expected) largest = std::max(largest, std::abs(e));
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(found[i]), expected[i], tolerance * largest)
        << what << "[" << i << "]";
  }
}

}  // namespace freebits::search::test
