"""The fixed part of an exported script: the loop."""

from __future__ import annotations

LOOP = """
def main():
    torch.set_num_threads(THREADS)
    data = np.load(HERE / "data.npz")
    device = torch.device(DEVICE if torch.cuda.is_available() or not DEVICE.startswith("cuda") else "cpu")

    # The same seed gives the same first weights, the same order of the data and the same dropout.
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    model = make_model()
{start}    model.to(device).train()

    optimizer = make_optimizer(model)
    train = {train}
    validation = {validation}
    test = {test}
    schedule = make_schedule(optimizer, len(train) * EPOCHS, len(train))

    step, last = 0, None
    for epoch in range(EPOCHS):
        total, count = 0.0, 0
        for batch in train.epoch(epoch):
            if step == STEPS:
                break
{changes}            optimizer.zero_grad(set_to_none=True)
            with arithmetic(device):
                loss, outputs = {loss}(model, batch)
            loss.backward()
{clip}            optimizer.step()
{every_step}            step += 1
            last, total, count = loss.item(), total + loss.item(), count + 1
        if count < len(train):
            break
        found = evaluate(model, TASK, validation, arithmetic=arithmetic(device))
{every_epoch}        measured = "  ".join(f"validation {{name}} {{value:.4f}}" for name, value in found.items())
        print(f"epoch {{epoch + 1:>3}}  training loss {{total / count:.4f}}  {{measured}}", flush=True)

    result = {{"steps": step, "last_loss": last}}
    if step:
        found = evaluate(model, TASK, validation, arithmetic=arithmetic(device))
        result.update({{f"val_{{name}}": value for name, value in found.items()}})
    if test is not None:
        found = evaluate(model, TASK, test, arithmetic=arithmetic(device))
        result.update({{f"test_{{name}}": value for name, value in found.items()}})
    print(json.dumps(result))
    if len(sys.argv) > 1:
        torch.save(model.state_dict(), sys.argv[1])


if __name__ == "__main__":
    main()
"""

ARITHMETIC = {
    "float32": "def arithmetic(device):\n    return nullcontext()",
    "bfloat16": "def arithmetic(device):\n    return torch.autocast(device.type, dtype=torch.bfloat16)",
}

SAVED_START = """    # What the model began with cannot be drawn from the seed alone.
    start = np.load(HERE / "start.npz")
    model.load_state_dict({name: torch.from_numpy(start[name]) for name in model.state_dict()})
    torch.set_rng_state(torch.from_numpy(start["random state"]))
"""

CHANGES = """            for name, before, after in CHANGES.get(step, ()):
                change(optimizer, schedule, name, before, after)
"""

CHANGE = """def change(optimizer, schedule, name, before, after):
    \"\"\"A setting that was changed while the run went on.\"\"\"
    if name == "lr":
        _scale_rates(SimpleNamespace(optimizer=optimizer, schedule=schedule), after / before)
    else:
        for group in optimizer.param_groups:
            group[name] = after"""

CLIP = """            torch.nn.utils.clip_grad_norm_(model.parameters(), {clip!r})
"""
EVERY_STEP = """            schedule.step()
"""
EVERY_EPOCH = """        schedule.step(found["loss"])
"""
