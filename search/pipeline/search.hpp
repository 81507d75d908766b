// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_lock.hpp"
#include "base/stop.hpp"
#include "models/graph/integer_network.hpp"
#include "profiler/table/latency_table.hpp"
#include "search/methods/method.hpp"
#include "search/pipeline/fine_tuner.hpp"
#include "search/pipeline/settings.hpp"

namespace freebits::search {

/// What a search needs of a chip. All may throw; nothing when `stop` became true.
struct Chip {
  std::string name;
  std::string identity;  ///< of everything cycles depend on: results of another are not taken over
  /// Latencies of all that layer_choices() has.
  std::function<std::optional<profiler::LatencyTable>(const models::Graph&, StopToken stop)> table;
  /// Of a network at some widths, by that table; none: the sum of its layers'.
  std::function<std::uint64_t(const profiler::LatencyTable&, const models::Graph&,
                              const models::BitWidths&)>
      cycles{};
  /// Seconds that would take, now.
  std::function<double(const models::Graph&)> table_seconds;
  /// Cycles of a whole network, end to end, every tensor compared with the integer model: throws
  /// when one differs.
  std::function<std::optional<std::uint64_t>(const models::IntegerNetwork&, const models::Tensor&,
                                             StopToken stop)>
      run;
};

struct Data {
  std::shared_ptr<const Dataset> train, test;
};

/// What a differentiable search ended with.
struct Searched {
  double strength = 0;  ///< of its cost
  models::BitWidths widths;
};

/// A configuration on a chip.
struct Candidate {
  Proposal proposal;
  std::size_t tuned = 0;  ///< in SearchResult::tuned
  std::uint64_t cycles_table = 0;
  std::optional<std::uint64_t> cycles_measured;
};

struct ChipResult {
  std::string name;
  profiler::LatencyTable table{};
  std::vector<Candidate> candidates{};
  std::vector<std::size_t> front{};     ///< indices of candidates, by cycles
  std::optional<std::size_t> chosen{};  ///< to ship; none when nothing is accurate or fast enough
};

struct SearchResult {
  models::Graph graph;
  double float_accuracy = 0;
  std::vector<Tuned> tuned;  ///< each configuration once
  std::vector<ChipResult> chips;
  std::string stage;  ///< under way; empty when finished
};

/// Called in the thread that searches; each may be empty.
struct SearchEvents {
  std::function<void(std::string_view)> say;     ///< a line that stays
  std::function<void(std::string_view)> status;  ///< what is under way, often
};

/// The main job (search/pipeline/README.md): float training, differentiable searches, latency
/// tables, proposals of all methods for all chips, fine-tuning, integers, the RTL. Every stage
/// leaves its result in the folder; a search that is run again goes on where it was.
class Search {
 public:
  /// Keeps references to threads. Throws Error when the folder holds another search, or when
  /// another process searches there: as long as this object is there, no other can.
  Search(models::Graph graph, SearchSettings settings, std::vector<Chip> chips, Data data,
         Threads& threads, std::filesystem::path folder, SearchEvents events);

  /// False when `stop` became true.
  bool run(StopToken stop);

  /// As far as it came.
  [[nodiscard]] const SearchResult& result() const { return result_; }

 private:
  bool run_stages(StopToken stop);
  bool train_float(StopToken stop);
  bool search_by_bops(StopToken stop);
  bool measure_tables(StopToken stop);
  [[nodiscard]] std::uint64_t cycles_by_table(std::size_t chip,
                                              const models::BitWidths& widths) const;
  bool find_sensitivities(StopToken stop);
  bool search_by_latency(StopToken stop);
  bool propose_and_tune(StopToken stop);
  bool refine(StopToken stop);
  bool run_finalists(StopToken stop);

  std::optional<models::BitWidths> search_gates(const Price& price, double weight, StopToken stop);
  bool search_gates(const Price& price, Start start, std::vector<Searched>& to, StopToken stop);
  std::optional<models::BitWidths> train_gates(const Price& price, double weight,
                                               const std::filesystem::path& file, StopToken stop);
  std::vector<Proposal> proposals(std::size_t chip, StopToken stop) const;
  bool add(std::size_t chip, Proposal proposal, StopToken stop);
  std::optional<std::size_t> tuned(const models::BitWidths& widths, StopToken stop);
  [[nodiscard]] MethodContext context(std::size_t chip, StopToken stop) const;
  [[nodiscard]] const std::vector<Searched>& searched(std::size_t chip, Start start) const;
  std::optional<double> fraction_to_try(std::size_t chip, const Method& method) const;
  bool refine(std::size_t chip, const Method& method, StopToken stop);
  void choose(ChipResult& chip) const;
  static std::vector<std::size_t> unmeasured(const ChipResult& chip);
  bool run_end_to_end(std::size_t chip, Candidate& candidate, StopToken stop);
  std::optional<std::uint64_t> end_to_end(std::size_t chip, const Tuned& tuned, StopToken stop);

  [[nodiscard]] TrainEvents training_events(const std::string& what) const;
  void begin(std::string stage);
  void say(std::string_view line) const;

  SearchSettings settings_;
  std::vector<Chip> chips_;
  Data data_;
  Threads* threads_;
  std::filesystem::path folder_;
  std::optional<FileLock> lock_;  ///< of the folder
  SearchEvents events_;
  SearchResult result_;
  TrainingState float_;
  std::optional<QuantizerBank> bank_;
  std::optional<FineTuner> tuner_;
  std::optional<Sensitivities> sensitivities_;
  std::vector<Searched> by_bops_;
  std::vector<std::vector<Searched>> by_latency_;  ///< by chip
};

}  // namespace freebits::search
