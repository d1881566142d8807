import typer

rest = typer.Typer()


@rest.command()
def x():
    pass


@rest.command()
def y():
    pass
