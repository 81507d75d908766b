// SPDX-License-Identifier: Apache-2.0
#include "training_data.hpp"

#include <fmt/format.h>

#include "freebits/models/builders.hpp"
#include "freebits/search/data/content.hpp"
#include "freebits/search/data/open.hpp"
#include "freebits/search/error.hpp"

namespace freebits::cli {

using search::Split;

search::Data open_data(const search::TrainOptions& o) {
  search::DatasetOptions options;
  options.pad_to = o.pad_to;
  return {search::open_dataset(o.dataset, Split::Train, options),
          search::open_dataset(o.dataset, Split::Test, options)};
}

namespace {

search::Data open_moved(const search::TrainOptions& now, bool moved, const std::string& file) {
  try {
    return open_data(now);
  } catch (const search::Error& error) {
    if (moved) throw;
    throw search::Error(
        fmt::format("{}; the run in {} was trained on {}: where that lies elsewhere by now, "
                    "--dataset says where",
                    error.what(), file, now.dataset));
  }
}

}  // namespace

search::Data reopen_data(search::TrainOptions& run, const std::optional<std::string>& moved_to,
                         const std::string& file) {
  search::TrainOptions now = run;
  if (moved_to) now.dataset = *moved_to;
  search::Data data = open_moved(now, moved_to.has_value(), file);
  now.content = search::content_of(*data.train, *data.test);
  if (run.content.empty() && !search::same_place(run.dataset, now.dataset)) {
    throw search::Error(
        fmt::format("--dataset {}: the run in {} was trained on {} and is of before the time when "
                    "checkpoints tell what is in it; move the data there, or --overwrite to begin "
                    "anew",
                    now.dataset, file, run.dataset));
  }
  if (!run.content.empty() && run.content != now.content) {
    throw search::Error(
        fmt::format("{}: other images than the run in {} was trained on (content {}, expected {}); "
                    "--dataset names where those are, --overwrite begins anew",
                    now.dataset, file, now.content, run.content));
  }
  run = now;
  return data;
}

models::Graph network_for(const std::string& spec, const search::Dataset& set) {
  const search::ImageShape image = set.shape();
  try {
    return models::build_network(spec, {image.height, image.width, image.channels}, set.classes());
  } catch (const std::invalid_argument& error) {
    throw search::Error(error.what());
  }
}

}  // namespace freebits::cli
