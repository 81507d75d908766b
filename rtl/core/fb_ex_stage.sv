// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Execute and write-back: the functional units, the point where every trap is taken, correction of
// fetch, and the wait for load data.
//
// An instruction completes (done) when its unit has its result and the instruction in WB, if any,
// gets its response; it changes architectural state only then. Interrupts and exceptions of ID
// arrive as instructions with issue_i.exc.
module fb_ex_stage #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  wire                      clk_i,
  input  wire                      clk_free_i,
  input  wire                      rst_ni,
  input  wire  [2:0]               level_i,
  input  wire                      awake_i,        // 0: nothing moves
  input  wire  [31:0]              hart_id_i,
  input  wire  [31:0]              irq_i,
  // from ID
  output logic                     ready_o,
  input  wire                      go_i,
  input  wire fb_core_pkg::issue_t issue_i,
  input  wire  [31:0]              issue_a_i,
  input  wire  [31:0]              issue_b_i,
  input  wire  [31:0]              issue_c_i,
  input  wire  [31:0]              issue_insn_i,
  input  wire  [31:0]              issue_raw_i,
  input  wire  [31:0]              issue_pc_i,
  input  wire  [31:0]              issue_npc_i,
  input  wire  [31:0]              issue_target_i,
  input  wire  [31:0]              issue_tval_i,
  input  wire  [31:0]              issue_rs1_i,
  input  wire  [31:0]              issue_rs2_i,
  input  wire  [2:0]               bubble_i,
  output fb_core_pkg::hazard_t     hazard_o,
  output logic [31:0]              ex_wdata_o,
  output logic                     wb_done_o,
  output logic [31:0]              wb_wdata_o,
  output logic                     rf_we_o,
  output logic                     irq_pending_o,
  output logic                     irq_take_o,
  output logic [4:0]               irq_cause_o,
  // to fetch
  output logic                     redirect_o,
  output logic [31:0]              target_o,
  output logic                     tagged_o,
  output logic [1:0]               tag_commit_o,
  input  wire  [1:0]               tag_inflight_i,
  output logic                     loop_write_o,
  output logic [31:0]              first0_o,
  output logic [31:0]              last0_o,
  output logic [31:0]              count0_o,
  output logic [31:0]              first1_o,
  output logic [31:0]              last1_o,
  output logic [31:0]              count1_o,
  // Mac&Load operand registers
  input  wire                      ml_read_i,
  input  wire                      ml_a_i,
  input  wire  [1:0]               ml_w_i,
  output logic [31:0]              ml_a_o,
  output logic [31:0]              ml_w_o,
  // data bus
  output logic                     data_req_o,
  output logic [31:0]              data_addr_o,
  output logic                     data_we_o,
  output logic [3:0]               data_be_o,
  output logic [31:0]              data_wdata_o,
  input  wire                      data_gnt_i,
  input  wire                      data_err_i,
  input  wire                      data_rvalid_i,
  input  wire  [31:0]              data_rdata_i,
  // observation
  output logic [2:0]               activity_o,
  output logic                     waiting_o,     // wfi or cv.elw waits and nothing else moves
  output logic                     done_o,
  output logic                     trap_o,        // any trap; retire_o.exc_irq tells interrupts
  output logic [4:0]               trap_cause_o,
  output logic [31:0]              trap_tval_o,
  output fb_core_pkg::issue_t      retire_o,      // the instruction in EX, when done_o or trap_o
  output logic [31:0]              retire_insn_o,
  output logic [31:0]              retire_raw_o,
  output logic [31:0]              retire_pc_o,
  output logic [31:0]              retire_store_o,
  output logic [31:0]              retire_rs1_o,
  output logic [31:0]              retire_rs2_o,
  output logic [31:0]              next_pc_o,
  output logic [31:0]              mem_addr_o,
  output logic [31:0]              rdata_raw_o
);

  fb_core_pkg::issue_t q;
  logic [31:0]         a_q, b_q, c_q, insn_q, raw_q, pc_q, npc_q, target_q, tval_q, rs1_q, rs2_q;
  logic                valid_q;
  logic [2:0]          bubble_q;
  logic                run;  // an instruction that executes
  assign run = valid_q && !q.exc;

  logic ex_done, trap;

  // The load or store in WB, whose response is awaited.
  logic       wb_mem_q, wb_load_q, wb_elw_q, wb_ml_q;
  logic [4:0] wb_rd_q;      // register that wb_load_q fills
  logic [2:0] wb_ml_reg_q;  // operand register that wb_ml_q fills

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= 1'b0;
      bubble_q <= fb_core_pkg::ActIdle;
    end else if (ready_o) begin
      valid_q  <= go_i;
      bubble_q <= bubble_i;
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      q        <= '0;
      a_q      <= '0;
      b_q      <= '0;
      c_q      <= '0;
      insn_q   <= '0;
      raw_q    <= '0;
      pc_q     <= '0;
      npc_q    <= '0;
      target_q <= '0;
      tval_q   <= '0;
      rs1_q    <= '0;
      rs2_q    <= '0;
    end else if (go_i) begin
      q        <= issue_i;
      a_q      <= issue_a_i;
      b_q      <= issue_b_i;
      c_q      <= issue_c_i;
      insn_q   <= issue_insn_i;
      raw_q    <= issue_raw_i;
      pc_q     <= issue_pc_i;
      npc_q    <= issue_npc_i;
      target_q <= issue_target_i;
      tval_q   <= issue_tval_i;
      rs1_q    <= issue_rs1_i;
      rs2_q    <= issue_rs2_i;
    end
  end

  logic       gpr_we;
  logic [4:0] rd, gpr_rd;
  assign rd     = insn_q[11:7];
  assign gpr_rd = q.ctrl.post_inc ? insn_q[19:15] : rd;
  assign gpr_we = run && (q.ctrl.rd_we || q.ctrl.post_inc) && gpr_rd != 5'd0;

  // ---- units ----
  logic       alu_valid;
  logic [4:0] len, pos;
  assign alu_valid = run && q.ctrl.unit == fb_core_pkg::UnitAlu;
  always_comb begin
    len = insn_q[29:25];
    pos = insn_q[24:20];
    if (alu_valid) unique case (q.ctrl.amount)
      fb_core_pkg::AmtLane: len = {3'd0, insn_q[20], insn_q[25]};
      fb_core_pkg::AmtB: begin
        len = b_q[9:5];
        pos = b_q[4:0];
      end
      fb_core_pkg::AmtC: len = c_q[4:0];
      default: ;
    endcase
  end

  logic [31:0] alu_result;
  logic        alu_cmp;
  fb_alu #(.IsaLevel(IsaLevel)) u_alu (
    .valid_i (alu_valid),
    .op_i    (q.ctrl.alu_op),
    .vec_i   (q.ctrl.vec),
    .a_i     (a_q),
    .b_i     (b_q),
    .c_i     (c_q),
    .len_i   (len),
    .pos_i   (pos),
    .result_o(alu_result),
    .cmp_o   (alu_cmp)
  );

  logic [31:0] mult_result;
  logic [4:0]  pre;
  fb_mult #(.IsaLevel(IsaLevel)) u_mult (
    .valid_i   (run && q.ctrl.unit == fb_core_pkg::UnitMult),
    .op_i      (q.ctrl.mul_op),
    .a_signed_i(q.ctrl.a_signed),
    .b_signed_i(q.ctrl.b_signed),
    .half_hi_i (q.ctrl.half_hi),
    .round_i   (q.ctrl.round),
    .len_i     (insn_q[29:25]),
    .pre_i     (pre),
    .a_i       (a_q),
    .b_i       (b_q),
    .c_i       (c_q),
    .result_o  (mult_result)
  );

  logic [31:0] div_result;
  logic        div_ready;
  fb_div u_div (
    .clk_i,
    .rst_ni,
    .valid_i  (run && q.ctrl.unit == fb_core_pkg::UnitDiv),
    .signed_i (q.ctrl.a_signed),
    .rem_i    (q.ctrl.rem),
    .a_i      (a_q),
    .b_i      (b_q),
    .advance_i(ex_done),
    .result_o (div_result),
    .ready_o  (div_ready)
  );

  logic [31:0] dotp_result, ml_addr, fb_rdata, csr_wdata;
  logic [1:0]  a_fmt, w_fmt, slice;
  logic        fb_we, wb_done;
  if (IsaLevel >= fb_isa_pkg::LevelXpulpV2) begin : gen_dotp
    fb_dotp #(.IsaLevel(IsaLevel)) u_dotp (
      .valid_i     (run && q.ctrl.unit == fb_core_pkg::UnitDotp),
      .op_i        (q.ctrl.dot_op),
      .a_i         (a_q),
      .b_i         (b_q),
      .c_i         (c_q),
      .accumulate_i(q.ctrl.accumulate),
      .a_signed_i  (q.ctrl.a_signed),
      .b_signed_i  (q.ctrl.b_signed),
      .a_fmt_i     (q.ctrl.mixed ? a_fmt : q.ctrl.fmt),
      .b_fmt_i     (q.ctrl.mixed ? w_fmt : q.ctrl.fmt),
      .slice_i     (q.ctrl.mixed ? slice : 2'd0),
      .shift_i     (q.ctrl.shift),
      .result_o    (dotp_result)
    );
  end else begin : gen_no_dotp
    assign dotp_result = '0;
  end

  logic [31:0] quant_result, quant_rdata;
  fb_quant #(.IsaLevel(IsaLevel)) u_quant (
    .clk_i,
    .rst_ni,
    .valid_i    (run && q.ctrl.unit == fb_core_pkg::UnitQuant),
    .lane_i     (insn_q[30:27]),
    .a_i        (a_q),
    .b_i        (b_q),
    .c_i        (c_q),
    .result_o   (quant_result),
    .pre_o      (pre),
    .csr_rdata_o(quant_rdata),
    .csr_we_i   (fb_we),
    .csr_addr_i (insn_q[31:20]),
    .csr_wdata_i(csr_wdata)
  );

  logic       weight_load, csr_access;
  assign weight_load = !insn_q[22];
  assign csr_access  = run && q.ctrl.unit == fb_core_pkg::UnitCsr;
  fb_mac_load #(.IsaLevel(IsaLevel)) u_mac_load (
    .clk_i,
    .rst_ni,
    .id_read_i    (ml_read_i),
    .id_a_i       (ml_a_i),
    .id_w_i       (ml_w_i),
    .id_a_o       (ml_a_o),
    .id_w_o       (ml_w_o),
    .dot_i        (q.ctrl.mixed),
    .a_fmt_o      (a_fmt),
    .w_fmt_o      (w_fmt),
    .slice_o      (slice),
    .load_i       (q.ctrl.mac_load && q.ctrl.load),
    .weight_load_i(weight_load),
    .addr_o       (ml_addr),
    .commit_i     (ex_done),
    .advance_i    (q.ctrl.mixed && !(q.ctrl.mac_load && rd == 5'd0)),
    .wb_we_i      (wb_ml_q && wb_done),
    .wb_reg_i     (wb_ml_reg_q),
    .wb_data_i    (wb_wdata_o),
    .csr_read_i   (csr_access),
    .csr_addr_i   (insn_q[31:20]),
    .csr_rdata_o  (fb_rdata),
    .csr_we_i     (fb_we),
    .csr_wdata_i  (csr_wdata)
  );

  // ---- memory ----
  logic        lsu_valid, lsu_done, lsu_fault, lsu_wait, lsu_pending;
  logic [31:0] address, lsu_sum, fault_addr;
  assign lsu_valid = run && (q.ctrl.load || q.ctrl.store);
  assign lsu_sum   = a_q + b_q;
  assign address   = q.ctrl.mac_load ? ml_addr : q.ctrl.post_inc ? a_q : lsu_sum;
  fb_lsu u_lsu (
    .clk_i,
    .rst_ni,
    .valid_i      (lsu_valid),
    .store_i      (q.ctrl.store),
    .size_i       (q.ctrl.mem_size),
    .unsigned_i   (q.ctrl.mem_unsigned),
    .addr_i       (address),
    .wdata_i      (c_q),
    .done_o       (lsu_done),
    .fault_o      (lsu_fault),
    .fault_addr_o (fault_addr),
    .wait_gnt_o   (lsu_wait),
    .pending_o    (lsu_pending),
    .rdata_valid_o(wb_done),
    .rdata_o      (wb_wdata_o),
    .rdata_raw_o,
    .data_req_o,
    .data_addr_o,
    .data_we_o,
    .data_be_o,
    .data_wdata_o,
    .data_gnt_i,
    .data_err_i,
    .data_rvalid_i,
    .data_rdata_i
  );

  // ---- completion ----
  logic wb_ready, unit_done, csr_illegal, waiting_wfi, branch_taken, is_mret, mispredict;
  assign branch_taken = q.ctrl.ctl == fb_core_pkg::CtlBranch && !q.settled && alu_cmp;
  assign is_mret      = q.ctrl.ctl == fb_core_pkg::CtlMret;
  always_comb begin
    wb_ready     = 'x;
    waiting_wfi  = 'x;
    unit_done    = 'x;
    ex_done      = 1'b0;
    trap         = 1'b0;
    ready_o      = 1'b0;
    redirect_o   = 1'b0;
    rf_we_o      = 1'b0;
    loop_write_o = 1'b0;
    tag_commit_o = 2'b00;
    waiting_o    = 1'b0;
    // Asleep: what the core waits for, cv.elw or wfi.
    activity_o   = valid_q && !wb_elw_q ? fb_core_pkg::ActIdle : fb_core_pkg::ActBarrier;
    if (awake_i) begin
      wb_ready    = !lsu_pending || data_rvalid_i;
      waiting_wfi = q.ctrl.ctl == fb_core_pkg::CtlWfi && !irq_pending_o;
      unique case (q.ctrl.unit)
        fb_core_pkg::UnitDiv:  unit_done = div_ready;
        fb_core_pkg::UnitCsr:  unit_done = !csr_illegal;
        default:               unit_done = !waiting_wfi;
      endcase
      ex_done = run && wb_ready && (lsu_valid ? lsu_done : unit_done);
      trap    = lsu_fault || (valid_q && wb_ready && (q.exc || csr_illegal));
      ready_o = !valid_q || ex_done || trap;

      activity_o = fb_core_pkg::ActExecuting;
      if (ex_done) begin
        redirect_o   = branch_taken || is_mret || mispredict;
        rf_we_o      = gpr_we;
        loop_write_o = q.ctrl.hwloop;
        tag_commit_o = {q.tag == fb_core_pkg::TagLoop1, q.tag == fb_core_pkg::TagLoop0};
      end else if (trap) redirect_o = 1'b1;
      else if (!valid_q) activity_o = bubble_q;
      else if (!wb_ready) activity_o = wb_elw_q ? fb_core_pkg::ActBarrier : fb_core_pkg::ActMemoryWait;
      else if (run && waiting_wfi) activity_o = fb_core_pkg::ActIdle;
      else if (lsu_wait) activity_o = fb_core_pkg::ActBankConflict;

      // Nothing here or in ID moves before the interrupt or the response comes: clk_i may stand.
      if (!ex_done) begin
        if (run && waiting_wfi && wb_ready) waiting_o = 1'b1;
        if (wb_elw_q && !wb_done && (valid_q || bubble_q == fb_core_pkg::ActBarrier) &&
            !(run && q.ctrl.unit == fb_core_pkg::UnitDiv && !div_ready)) waiting_o = 1'b1;
      end
    end
  end

  logic        trap_irq;
  logic [4:0]  trap_cause;
  logic [31:0] trap_tval, trap_target, mepc;
  assign trap_irq = q.exc && q.exc_irq;
  always_comb begin
    trap_cause = 'x;
    trap_tval  = 'x;
    if (trap) begin
      trap_cause = q.exc_cause;
      trap_tval  = tval_q;
      if (!q.exc) begin
        trap_cause = lsu_fault ? (q.ctrl.store ? fb_isa_pkg::CauseStoreFault
                                               : fb_isa_pkg::CauseLoadFault)
                               : fb_isa_pkg::CauseIllegal;
        trap_tval  = lsu_fault ? fault_addr : insn_q;
      end
    end
  end

  logic [31:0] csr_rdata, loop_rdata;
  fb_csr u_csr (
    .clk_i,
    .clk_free_i,
    .rst_ni,
    .level_i,
    .hart_id_i,
    .irq_i,
    .access_i     (csr_access),
    .commit_i     (ex_done),
    .addr_i       (insn_q[31:20]),
    .op_i         (q.ctrl.csr_op),
    .immediate_i  (q.ctrl.csr_imm),
    .rs1_field_i  (insn_q[19:15]),
    .operand_i    (a_q),
    .rdata_o      (csr_rdata),
    .illegal_o    (csr_illegal),
    .fb_we_o      (fb_we),
    .wdata_o      (csr_wdata),
    .fb_rdata_i   (fb_rdata),
    .quant_rdata_i(quant_rdata),
    .loop_rdata_i (loop_rdata),
    .trap_i       (trap),
    .trap_irq_i   (trap_irq),
    .trap_cause_i (trap_cause),
    .trap_epc_i   (pc_q),
    .trap_tval_i  (trap_tval),
    .mret_i       (is_mret),
    .trap_target_o(trap_target),
    .mepc_o       (mepc),
    .irq_pending_o,
    .irq_take_o,
    .irq_cause_o,
    .activity_i   (activity_o),
    .branch_i     (branch_taken || (q.settled && q.jumped)),
    .memory_i     (lsu_valid)
  );

  // ---- result ----
  logic [31:0] result;
  always_comb begin
    unique case (q.ctrl.unit)
      fb_core_pkg::UnitMult: result = mult_result;
      fb_core_pkg::UnitQuant: result = quant_result;
      fb_core_pkg::UnitDiv:  result = div_result;
      fb_core_pkg::UnitDotp: result = dotp_result;
      fb_core_pkg::UnitCsr:  result = csr_rdata;
      fb_core_pkg::UnitLsu:  result = lsu_sum;
      default:               result = alu_result;
    endcase
  end

  // ---- write-back ----
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wb_load_q   <= 1'b0;
      wb_elw_q    <= 1'b0;
      wb_ml_q     <= 1'b0;
      wb_mem_q    <= 1'b0;
      wb_rd_q     <= '0;
      wb_ml_reg_q <= '0;
    end else if (lsu_done) begin
      wb_load_q   <= q.ctrl.load && !q.ctrl.mac_load && rd != 5'd0;
      wb_elw_q    <= q.ctrl.elw;
      wb_ml_q     <= q.ctrl.mac_load;
      wb_mem_q    <= 1'b1;
      wb_rd_q     <= rd;
      wb_ml_reg_q <= insn_q[22:20];
    end else if (wb_done) begin
      wb_load_q <= 1'b0;
      wb_elw_q  <= 1'b0;
      wb_ml_q   <= 1'b0;
      wb_mem_q  <= 1'b0;
    end
  end

  assign hazard_o.ex_we      = gpr_we;
  assign hazard_o.ex_rd      = gpr_rd;
  assign ex_wdata_o          = result;
  assign hazard_o.ex_load    = run && q.ctrl.load && !q.ctrl.mac_load && rd != 5'd0;
  assign hazard_o.ex_load_rd = rd;
  assign hazard_o.ex_mem     = lsu_valid;
  assign hazard_o.ex_csr     = csr_access;
  assign hazard_o.ex_ml      = run && q.ctrl.mac_load && q.ctrl.load;
  assign hazard_o.ex_ml_reg  = insn_q[22:20];
  assign hazard_o.wb_load    = wb_load_q;
  assign hazard_o.wb_rd      = wb_rd_q;
  assign hazard_o.wb_ml      = wb_ml_q;
  assign hazard_o.wb_ml_reg  = wb_ml_reg_q;
  assign hazard_o.wb_pending = wb_mem_q;
  assign hazard_o.wb_elw     = wb_elw_q;
  assign wb_done_o           = wb_done;

  // ---- control transfer ----
  logic        fall_through;
  logic [31:0] loop_next;
  assign fall_through = run && !branch_taken && !is_mret && !q.jumped;

  if (IsaLevel >= fb_isa_pkg::LevelXpulpV2) begin : gen_hwloop
    fb_hwloop u_hwloop (
      .clk_i,
      .rst_ni,
      .commit_i      (ex_done),
      .fall_through_i(fall_through),
      .npc_i         (npc_q),
      .tag_i         (q.tag),
      .write_i       (run && q.ctrl.hwloop),
      .insn_i        (insn_q),
      .pc_i          (pc_q),
      .rs1_i         (a_q),
      .inflight_i    (tag_inflight_i),
      .mispredict_o  (mispredict),
      .next_pc_o     (loop_next),
      .first0_o,
      .last0_o,
      .count0_o,
      .first1_o,
      .last1_o,
      .count1_o,
      .csr_read_i    (csr_access),
      .csr_index_i   (insn_q[22:20]),
      .csr_rdata_o   (loop_rdata)
    );
  end else begin : gen_no_hwloop
    assign mispredict    = 1'b0;
    assign loop_next     = npc_q;
    assign first0_o      = '0;
    assign last0_o       = '0;
    assign count0_o      = '0;
    assign first1_o      = '0;
    assign last1_o       = '0;
    assign count1_o      = '0;
    assign loop_rdata    = '0;
  end

  always_comb begin
    target_o = 'x;
    if (redirect_o) begin
      target_o = trap ? trap_target : is_mret ? mepc : branch_taken ? target_q : loop_next;
    end
  end

  assign tagged_o     = valid_q && q.tag != fb_core_pkg::TagNone;

  // ---- observation ----
  assign done_o     = ex_done;
  assign trap_o     = trap;
  assign retire_o   = q;
  assign retire_insn_o  = insn_q;
  assign retire_raw_o   = raw_q;
  assign retire_pc_o    = pc_q;
  assign retire_store_o = c_q;
  assign retire_rs1_o   = rs1_q;
  assign retire_rs2_o   = rs2_q;
  assign trap_cause_o = trap_cause;
  assign trap_tval_o  = trap_tval;
  assign mem_addr_o = address;
  assign next_pc_o  = trap ? trap_target : q.jumped ? target_q : redirect_o ? target_o : loop_next;

endmodule

`default_nettype wire
