// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// freebits core: in-order, four stages (IF ID EX WB), RV32IMC and the CORE-V and freebits
// extensions up to IsaLevel. This module wires the stages; README.md has the pipeline and its
// timing, docs/isa.md the architecture and the bus rules.
module fb_core #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV,
  parameter bit         Rvfi     = 1'b1
) (
  input  wire         clk_i,         // may stand while sleep_o = 1 and nothing wakes the core
  input  wire         clk_free_i,    // the same clock, never stopped: time and sleep counters
  input  wire         rst_ni,
  input  wire  [2:0]  isa_level_i,   // strap: lowers IsaLevel, never raises it
  input  wire  [31:0] hart_id_i,
  input  wire  [31:0] boot_addr_i,
  input  wire  [31:0] irq_i,         // level-sensitive, bits as in mip

  output logic        instr_req_o,
  output logic [31:0] instr_addr_o,
  input  wire         instr_gnt_i,
  input  wire         instr_rvalid_i,
  input  wire  [31:0] instr_rdata_i,
  input  wire         instr_err_i,

  output logic        data_req_o,
  output logic [31:0] data_addr_o,
  output logic        data_we_o,
  output logic [3:0]  data_be_o,
  output logic [31:0] data_wdata_o,
  input  wire         data_gnt_i,
  input  wire         data_err_i,
  input  wire         data_rvalid_i,
  input  wire  [31:0] data_rdata_i,

  output logic        sleep_o,       // clk_i may stand until irq_i or data_rvalid_i
  output logic        fencei_o,      // fence.i redirects fetch: what is fetched from now on must be new
  output logic [2:0]  activity_o,    // fb_core_pkg::activity_e
  output logic        retire_o,      // an instruction completes without a trap

  output logic        rvfi_valid,
  output logic [63:0] rvfi_order,
  output logic [31:0] rvfi_insn,
  output logic        rvfi_trap,
  output logic [4:0]  rvfi_trap_cause,
  output logic [31:0] rvfi_trap_tval,
  output logic        rvfi_halt,
  output logic        rvfi_intr,
  output logic [5:0]  rvfi_intr_cause,
  output logic [1:0]  rvfi_mode,
  output logic [1:0]  rvfi_ixl,
  output logic [4:0]  rvfi_rs1_addr,
  output logic [4:0]  rvfi_rs2_addr,
  output logic [31:0] rvfi_rs1_rdata,
  output logic [31:0] rvfi_rs2_rdata,
  output logic [4:0]  rvfi_rd_addr,
  output logic [31:0] rvfi_rd_wdata,
  output logic [4:0]  rvfi_rd2_addr,
  output logic [31:0] rvfi_rd2_wdata,
  output logic [31:0] rvfi_pc_rdata,
  output logic [31:0] rvfi_pc_wdata,
  output logic [31:0] rvfi_mem_addr,
  output logic [3:0]  rvfi_mem_rmask,
  output logic [3:0]  rvfi_mem_wmask,
  output logic [31:0] rvfi_mem_rdata,
  output logic [31:0] rvfi_mem_wdata
);

  logic [2:0] level;
  assign level = isa_level_i < IsaLevel ? isa_level_i : IsaLevel;

  logic               awake;
  logic               fetch_idle, if_valid, if_ready, if_err, if_err_upper, if_aligning;
  logic [31:0]        if_pc, if_insn;
  logic [1:0]         if_tag, tag_commit, tag_inflight;
  logic               id_redirect, ex_redirect, id_tagged, ex_tagged, loop_write;
  logic [31:0]        id_target, ex_target;
  logic [31:0]        loop0_first, loop0_last, loop0_count, loop1_first, loop1_last, loop1_count;

  fb_if_stage u_if_stage (
    .clk_i,
    .rst_ni,
    .awake_i         (awake),
    .boot_addr_i,
    .instr_req_o,
    .instr_addr_o,
    .instr_gnt_i,
    .instr_rvalid_i,
    .instr_rdata_i,
    .instr_err_i,
    .fetch_idle_o    (fetch_idle),
    .valid_o         (if_valid),
    .ready_i         (if_ready),
    .pc_o            (if_pc),
    .insn_o          (if_insn),
    .err_o           (if_err),
    .err_upper_o     (if_err_upper),
    .aligning_o      (if_aligning),
    .tag_o           (if_tag),
    .redirect_i      (id_redirect || ex_redirect),
    .target_i        (ex_redirect ? ex_target : id_target),
    .first0_i        (loop0_first),
    .last0_i         (loop0_last),
    .count0_i        (loop0_count),
    .first1_i        (loop1_first),
    .last1_i         (loop1_last),
    .count1_i        (loop1_count),
    .loop_write_i    (loop_write),
    .tag_commit_i    (tag_commit),
    .tags_in_flight_i(id_tagged || ex_tagged),
    .inflight_o      (tag_inflight)
  );

  logic                 go, ex_ready, wb_done, rf_we, irq_take, ml_read, ml_a;
  logic [1:0]           ml_w;
  logic [31:0]          ml_a_value, ml_w_value;
  logic [2:0]           bubble;
  logic [4:0]           irq_cause;
  fb_core_pkg::issue_t  issue;
  logic [31:0]          issue_a, issue_b, issue_c, issue_insn, issue_raw, issue_pc;
  logic [31:0]          issue_npc, issue_target, issue_tval, issue_rs1, issue_rs2, ex_wdata, wb_wdata;
  fb_core_pkg::hazard_t hazard;

  fb_id_stage #(.IsaLevel(IsaLevel)) u_id_stage (
    .clk_i,
    .rst_ni,
    .level_i       (level),
    .awake_i       (awake),
    .if_valid_i    (if_valid),
    .if_ready_o    (if_ready),
    .if_pc_i       (if_pc),
    .if_insn_i     (if_insn),
    .if_err_i      (if_err),
    .if_err_upper_i(if_err_upper),
    .if_aligning_i (if_aligning),
    .if_tag_i      (if_tag),
    .redirect_o    (id_redirect),
    .target_o      (id_target),
    .tagged_o      (id_tagged),
    .fencei_o,
    .kill_i        (ex_redirect),
    .ex_ready_i    (ex_ready),
    .go_o          (go),
    .issue_o       (issue),
    .issue_a_o     (issue_a),
    .issue_b_o     (issue_b),
    .issue_c_o     (issue_c),
    .issue_insn_o  (issue_insn),
    .issue_raw_o   (issue_raw),
    .issue_pc_o    (issue_pc),
    .issue_npc_o   (issue_npc),
    .issue_target_o(issue_target),
    .issue_tval_o  (issue_tval),
    .issue_rs1_o   (issue_rs1),
    .issue_rs2_o   (issue_rs2),
    .bubble_o      (bubble),
    .hazard_i      (hazard),
    .ex_wdata_i    (ex_wdata),
    .wb_done_i     (wb_done),
    .wb_wdata_i    (wb_wdata),
    .rf_we_i       (rf_we),
    .ml_read_o     (ml_read),
    .ml_a_o        (ml_a),
    .ml_w_o        (ml_w),
    .ml_a_i        (ml_a_value),
    .ml_w_i        (ml_w_value),
    .irq_take_i    (irq_take),
    .irq_cause_i   (irq_cause)
  );

  logic                waiting, done, trap, irq_pending;
  fb_core_pkg::issue_t retired;
  logic [31:0]         retired_insn, retired_raw, retired_pc, retired_store, retired_rs1, retired_rs2;
  logic [31:0]         next_pc, mem_addr, rdata_raw, trap_tval;
  logic [4:0]          trap_cause;

  fb_ex_stage #(.IsaLevel(IsaLevel)) u_ex_stage (
    .clk_i,
    .clk_free_i,
    .rst_ni,
    .level_i       (level),
    .awake_i       (awake),
    .hart_id_i,
    .irq_i,
    .ready_o       (ex_ready),
    .go_i          (go),
    .issue_i       (issue),
    .issue_a_i     (issue_a),
    .issue_b_i     (issue_b),
    .issue_c_i     (issue_c),
    .issue_insn_i  (issue_insn),
    .issue_raw_i   (issue_raw),
    .issue_pc_i    (issue_pc),
    .issue_npc_i   (issue_npc),
    .issue_target_i(issue_target),
    .issue_tval_i  (issue_tval),
    .issue_rs1_i   (issue_rs1),
    .issue_rs2_i   (issue_rs2),
    .bubble_i      (bubble),
    .hazard_o      (hazard),
    .ex_wdata_o    (ex_wdata),
    .wb_done_o     (wb_done),
    .wb_wdata_o    (wb_wdata),
    .rf_we_o       (rf_we),
    .irq_pending_o (irq_pending),
    .irq_take_o    (irq_take),
    .irq_cause_o   (irq_cause),
    .redirect_o    (ex_redirect),
    .target_o      (ex_target),
    .tagged_o      (ex_tagged),
    .tag_commit_o  (tag_commit),
    .tag_inflight_i(tag_inflight),
    .loop_write_o  (loop_write),
    .first0_o      (loop0_first),
    .last0_o       (loop0_last),
    .count0_o      (loop0_count),
    .first1_o      (loop1_first),
    .last1_o       (loop1_last),
    .count1_o      (loop1_count),
    .ml_read_i     (ml_read),
    .ml_a_i        (ml_a),
    .ml_w_i        (ml_w),
    .ml_a_o        (ml_a_value),
    .ml_w_o        (ml_w_value),
    .data_req_o,
    .data_addr_o,
    .data_we_o,
    .data_be_o,
    .data_wdata_o,
    .data_gnt_i,
    .data_err_i,
    .data_rvalid_i,
    .data_rdata_i,
    .activity_o,
    .waiting_o     (waiting),
    .done_o        (done),
    .trap_o        (trap),
    .trap_cause_o  (trap_cause),
    .trap_tval_o   (trap_tval),
    .retire_o      (retired),
    .retire_insn_o (retired_insn),
    .retire_raw_o  (retired_raw),
    .retire_pc_o   (retired_pc),
    .retire_store_o(retired_store),
    .retire_rs1_o  (retired_rs1),
    .retire_rs2_o  (retired_rs2),
    .next_pc_o     (next_pc),
    .mem_addr_o    (mem_addr),
    .rdata_raw_o   (rdata_raw)
  );

  assign retire_o = done;

  // Asleep, nothing moves: the core looks at nothing but what can wake it.
  logic asleep_q;
  always_ff @(posedge clk_free_i or negedge rst_ni) begin
    if (!rst_ni) asleep_q <= 1'b0;
    else asleep_q <= sleep_o;
  end
  assign awake   = !asleep_q || irq_pending || data_rvalid_i;
  always_comb begin
    sleep_o = !awake;
    if (waiting) sleep_o = fetch_idle && !instr_req_o && !data_req_o;
  end

  if (Rvfi) begin : gen_rvfi
    // Reports of what completed before the core fell asleep are not to stand while it sleeps.
    fb_rvfi u_rvfi (
      .clk_i           (clk_free_i),
      .rst_ni,
      .done_i          (done),
      .trap_i          (trap && !(retired.exc && retired.exc_irq)),
      .redirected_i    (trap),
      .irq_i           (retired.exc && retired.exc_irq),
      .cause_i         (trap_cause),
      .tval_i          (trap_tval),
      .issue_i         (retired),
      .insn_i          (retired_insn),
      .raw_i           (retired_raw),
      .pc_i            (retired_pc),
      .store_i         (retired_store),
      .rs1_i           (retired_rs1),
      .rs2_i           (retired_rs2),
      .next_pc_i       (next_pc),
      .rf_we_i         (rf_we),
      .rf_rd_i         (hazard.ex_rd),
      .rf_wdata_i      (ex_wdata),
      .mem_addr_i      (mem_addr),
      .wb_pending_i    (hazard.wb_pending),
      .wb_done_i       (wb_done),
      .wb_load_i       (hazard.wb_load),
      .wb_wdata_i      (wb_wdata),
      .wb_raw_i        (rdata_raw),
      .rvfi_valid_o    (rvfi_valid),
      .rvfi_order_o    (rvfi_order),
      .rvfi_insn_o     (rvfi_insn),
      .rvfi_trap_o     (rvfi_trap),
      .rvfi_trap_cause_o(rvfi_trap_cause),
      .rvfi_trap_tval_o(rvfi_trap_tval),
      .rvfi_halt_o     (rvfi_halt),
      .rvfi_intr_o     (rvfi_intr),
      .rvfi_intr_cause_o(rvfi_intr_cause),
      .rvfi_mode_o     (rvfi_mode),
      .rvfi_ixl_o      (rvfi_ixl),
      .rvfi_rs1_addr_o (rvfi_rs1_addr),
      .rvfi_rs2_addr_o (rvfi_rs2_addr),
      .rvfi_rs1_rdata_o(rvfi_rs1_rdata),
      .rvfi_rs2_rdata_o(rvfi_rs2_rdata),
      .rvfi_rd_addr_o  (rvfi_rd_addr),
      .rvfi_rd_wdata_o (rvfi_rd_wdata),
      .rvfi_rd2_addr_o (rvfi_rd2_addr),
      .rvfi_rd2_wdata_o(rvfi_rd2_wdata),
      .rvfi_pc_rdata_o (rvfi_pc_rdata),
      .rvfi_pc_wdata_o (rvfi_pc_wdata),
      .rvfi_mem_addr_o (rvfi_mem_addr),
      .rvfi_mem_rmask_o(rvfi_mem_rmask),
      .rvfi_mem_wmask_o(rvfi_mem_wmask),
      .rvfi_mem_rdata_o(rvfi_mem_rdata),
      .rvfi_mem_wdata_o(rvfi_mem_wdata)
    );
  end else begin : gen_no_rvfi
    logic unused_bits;
    assign unused_bits = ^{trap, retired, retired_insn, retired_raw, retired_pc, retired_store,
                           retired_rs1, retired_rs2, next_pc, mem_addr, rdata_raw, trap_tval,
                           trap_cause};
    assign rvfi_valid     = 1'b0;
    assign rvfi_order     = '0;
    assign rvfi_insn      = '0;
    assign rvfi_trap      = 1'b0;
    assign rvfi_trap_cause = '0;
    assign rvfi_trap_tval  = '0;
    assign rvfi_halt      = 1'b0;
    assign rvfi_intr      = 1'b0;
    assign rvfi_intr_cause = '0;
    assign rvfi_mode      = '0;
    assign rvfi_ixl       = '0;
    assign rvfi_rs1_addr  = '0;
    assign rvfi_rs2_addr  = '0;
    assign rvfi_rs1_rdata = '0;
    assign rvfi_rs2_rdata = '0;
    assign rvfi_rd_addr   = '0;
    assign rvfi_rd_wdata  = '0;
    assign rvfi_rd2_addr  = '0;
    assign rvfi_rd2_wdata = '0;
    assign rvfi_pc_rdata  = '0;
    assign rvfi_pc_wdata  = '0;
    assign rvfi_mem_addr  = '0;
    assign rvfi_mem_rmask = '0;
    assign rvfi_mem_wmask = '0;
    assign rvfi_mem_rdata = '0;
    assign rvfi_mem_wdata = '0;
  end

endmodule

`default_nettype wire
