// SPDX-License-Identifier: Apache-2.0
// What a search method is to the pipeline, the command line and the report.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/stop.hpp"
#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "profiler/table/latency_table.hpp"
#include "search/methods/sensitivity.hpp"

namespace freebits::search {

/// A configuration that a method proposes for a target.
struct Proposal {
  std::string method;              ///< its name
  std::string label;               ///< "freebits 0.1", "exact 50 %", "8 bit"
  std::optional<double> strength;  ///< of the cost in the differentiable search it comes from
  std::optional<double> fraction;  ///< of the savable cycles that it was asked to save
  models::BitWidths widths;
};

/// What a user asks of all methods alike.
struct MethodOptions {
  std::vector<unsigned> baselines = {8, 4, 2};       ///< uniform networks to compare with
  std::vector<double> fractions = {0.3, 0.6, 0.85};  ///< of the savable cycles
  unsigned refinements = 2;  ///< more fractions between the best that is accurate enough and the
                             ///< next
  std::optional<std::uint64_t> budget{};  ///< most cycles
  std::uint64_t seed = 1;
};

/// What a method may look at. Pointers are null where its facts do not ask for that.
struct MethodContext {
  const models::Graph& graph;
  const profiler::LatencyTable& table;
  const Sensitivities* sensitivities = nullptr;
  const MethodOptions& options;
  /// What the differentiable search ended with, and the strength of its cost.
  const models::BitWidths* searched = nullptr;
  double strength = 0;
  StopToken stop{};
};

/// The differentiable search whose bit-widths a method starts from.
enum class Start : std::uint8_t {
  None,
  BopSearch,      ///< under the BOP cost, one for all targets
  LatencySearch,  ///< under the latency cost, one for each target
};

/// What the rest of the program knows of a method.
struct MethodFacts {
  std::string_view name;         ///< in options, results and reports
  std::string_view description;  ///< a line for help texts and reports
  Start start = Start::None;
  bool uses_table = true;  ///< otherwise it proposes the same for all targets
  bool uses_sensitivities = false;
  bool uses_fractions = false;  ///< MethodOptions::fractions and, if it refines, ::refinements
  bool refines = false;         ///< see Method::at()
  bool is_baseline = false;     ///< always part of a search, and always run end to end
  std::vector<std::string_view> with{};       ///< methods that are run along with it
  std::vector<std::string_view> old_names{};  ///< in results of earlier versions
};

/// A way to find bit-widths. Const and without state: any thread may call it.
class Method {
 public:
  Method(const Method&) = delete;
  Method& operator=(const Method&) = delete;
  virtual ~Method() = default;

  [[nodiscard]] const MethodFacts& facts() const { return facts_; }

  /// Configurations for one target. A method with a start is called once for each strength of that
  /// search. Throws std::out_of_range for widths that are not in the table, and Interrupted.
  [[nodiscard]] virtual std::vector<Proposal> propose(const MethodContext& context) const = 0;

  /// Of a method that refines: what it proposes for this fraction, if anything.
  [[nodiscard]] virtual std::optional<Proposal> at(const MethodContext& context,
                                                   double fraction) const;

  /// How many configurations a call of propose() returns at most.
  [[nodiscard]] virtual std::size_t most_proposals(const MethodOptions& options) const;

 protected:
  explicit Method(MethodFacts facts) : facts_(std::move(facts)) {}

  /// Proposals of this method.
  [[nodiscard]] Proposal labelled(std::string label, models::BitWidths widths) const;
  [[nodiscard]] Proposal with_strength(double strength, models::BitWidths widths) const;
  [[nodiscard]] Proposal with_fraction(double fraction, models::BitWidths widths) const;

 private:
  MethodFacts facts_;
};

using Methods = std::vector<const Method*>;

/// All that there are (registry.cpp), in the order of results and reports.
[[nodiscard]] std::span<const Method* const> all_methods();

/// The methods of these names, those that are run along with them, and the baselines, in the order
/// of all_methods(). Throws Error, one line, for a name that is none.
[[nodiscard]] Methods methods_named(std::span<const std::string> names);

/// "bop, published, freebits, …": all that can be asked for.
[[nodiscard]] std::string method_names();

/// The name by which a result of any version is shown: today's of an old one, others as they are.
[[nodiscard]] std::string_view present_name(std::string_view name);

}  // namespace freebits::search
