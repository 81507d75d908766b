// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// What a core's cycle counts as (fb_core_pkg::activity_e): the core's own view, refined by where it
// waits. A gated core counts as barrier, memory_wait (events of transfers) or idle.
module fb_activity (
  input  wire  [2:0] core_i,      // activity_o of the core
  input  wire        gated_i,     // its clock stands
  input  wire        outside_i,   // its data access goes outside
  input  wire  [1:0] wait_i,      // of the event unit
  output logic [2:0] activity_o
);

  logic [2:0] waiting;   // in the event unit
  assign waiting = wait_i == fb_cluster_pkg::WaitBarrier ? fb_core_pkg::ActBarrier :
                   wait_i == fb_cluster_pkg::WaitMemory  ? fb_core_pkg::ActMemoryWait :
                                                           fb_core_pkg::ActIdle;
  always_comb begin
    activity_o = core_i;
    if (gated_i) begin
      activity_o = waiting;
    end else if (core_i == fb_core_pkg::ActBankConflict) begin
      if (outside_i) activity_o = fb_core_pkg::ActMemoryWait;
    end else if (core_i == fb_core_pkg::ActMemoryWait || core_i == fb_core_pkg::ActBarrier) begin
      if (wait_i != fb_cluster_pkg::WaitNone) activity_o = waiting;
      else if (core_i == fb_core_pkg::ActBarrier) activity_o = fb_core_pkg::ActMemoryWait;
    end
  end

endmodule

`default_nettype wire
